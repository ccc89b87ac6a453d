import { randomBytes } from 'node:crypto'
import { uuidOf } from '@baari/shared/codecs/hex'
import type { IdSource } from '@baari/shared/runtime/chance'

/** UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, then 74 random bits. */
export const randomIds: IdSource = {
  uuid() {
    const bytes = randomBytes(16)
    bytes.writeUIntBE(Date.now(), 0, 6)
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    return uuidOf(bytes)
  },
  hex: (bytes) => randomBytes(bytes).toString('hex'),
}
