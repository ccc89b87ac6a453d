import { assert } from '../faults/assert.ts'
import type { BookingId, Plate } from '../units/names.ts'
import { bytesOfHex, hexOf } from './hex.ts'

/**
 * Eight hex digits that bind a token to a plate without showing it: the first four bytes of
 * HMAC-SHA256(key = the booking id's 16 bytes, message = the normalised plate).
 */
export function plateTagOf(
  booking: BookingId,
  plate: Plate,
  mac: (key: Uint8Array, message: Uint8Array) => Uint8Array,
): string {
  const key = bytesOfHex(booking.replaceAll('-', ''))
  assert(key?.length === 16, 'a booking id has 16 bytes')
  return hexOf(
    mac(
      key,
      Uint8Array.from(plate, (char) => char.charCodeAt(0)),
    ).slice(0, 4),
  )
}
