import { verify } from '@node-rs/argon2'

/**
 * Compares a PIN with its argon2id hash (PHC text). It runs on libuv's threads, about 30 ms each,
 * so the control thread goes on; a hash that cannot be read matches nothing.
 */
export async function checkPin(pinHash: string, pin: string): Promise<boolean> {
  try {
    return await verify(pinHash, pin)
  } catch {
    return false
  }
}
