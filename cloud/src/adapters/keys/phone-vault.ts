import { createHmac } from 'node:crypto'
import { sealedBox } from './sealed-box.ts'

type VaultKeys = { readonly sealKey: Buffer; readonly indexKey: Buffer }

/**
 * Seals phone numbers under one key and indexes them by HMAC-SHA256 under another (integrations.md
 * section 12).
 */
export function phoneVault({ sealKey, indexKey }: VaultKeys) {
  const box = sealedBox(sealKey)
  return {
    index: (phone: string): Buffer => createHmac('sha256', indexKey).update(phone).digest(),
    seal: (phone: string, place: string): Buffer => box.seal(Buffer.from(phone, 'utf8'), place),
    open: (sealed: Buffer, place: string): string => box.open(sealed, place).toString('utf8'),
  }
}
