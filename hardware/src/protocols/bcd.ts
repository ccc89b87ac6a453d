/**
 * The number in packed decimal digits, high digit first; null when a half byte is no digit or the
 * number is beyond 2^53 - 1. Never a wrong number.
 */
export function bcdNumber(bytes: Uint8Array): number | null {
  let value = 0
  for (const byte of bytes) {
    const high = byte >>> 4
    const low = byte & 0x0f
    if (high > 9 || low > 9) return null
    value = value * 100 + high * 10 + low
  }
  return Number.isSafeInteger(value) ? value : null
}

/** A whole number as `length` bytes of packed digits, high digit first; null when it does not fit. */
export function bcdBytes(value: number, length: number): Uint8Array | null {
  if (!Number.isSafeInteger(value) || value < 0) return null
  const digits = String(value).padStart(length * 2, '0')
  if (digits.length > length * 2) return null
  return Uint8Array.from({ length }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}
