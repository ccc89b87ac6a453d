/**
 * Base45 (RFC 9285): two bytes are three characters of the QR alphanumeric set (ISO/IEC 18004,
 * table 5). The npm package needs Node's Buffer and accepts characters outside the alphabet, a lone
 * last character and values above 65,535, so one token would have many texts. It is the second
 * opinion of the tests.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

function characters(value: number, count: number): string {
  let rest = value
  let text = ''
  for (let i = 0; i < count; i += 1) {
    text += alphabet.charAt(rest % 45)
    rest = Math.floor(rest / 45)
  }
  return text
}

export function base45Of(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 2) {
    const high = bytes[i] ?? 0
    const low = bytes[i + 1]
    text += low === undefined ? characters(high, 2) : characters(high * 256 + low, 3)
  }
  return text
}

function groupValue(group: string): number | undefined {
  let value = 0
  for (let i = group.length - 1; i >= 0; i -= 1) {
    const digit = alphabet.indexOf(group.charAt(i))
    if (digit < 0) return undefined
    value = value * 45 + digit
  }
  return value
}

/** Bytes of base45 text; undefined for a foreign character, a lone last one or a value too large. */
export function bytesOfBase45(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 3) {
    const group = text.slice(i, i + 3)
    const value = groupValue(group)
    if (value === undefined || group.length === 1) return undefined
    if (value > (group.length === 3 ? 0xffff : 0xff)) return undefined
    if (group.length === 3) bytes.push(value >> 8)
    bytes.push(value & 0xff)
  }
  return Uint8Array.from(bytes)
}
