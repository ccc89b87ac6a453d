import { hash, verify } from '@node-rs/argon2'
import type { Passwords } from '../../ports/people.ts'

/** Argon2id, 19 MiB, two passes: the OWASP minimum, about 20 ms on a station-class core. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost)
}

/** A hash nobody has the password of keeps unknown accounts as slow as known ones. */
export async function argon2Passwords(noise: string): Promise<Passwords> {
  const decoy = await hashPassword(noise)
  return {
    async fits(password, known) {
      const right = await verify(known ?? decoy, password)
      return known !== undefined && right
    },
  }
}
