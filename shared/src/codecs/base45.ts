/**
 * Base45 (RFC 9285): two bytes are three characters of the QR alphanumeric set (ISO/IEC 18004,
 * table 5). The npm package needs Node's Buffer and accepts characters outside the alphabet, a lone
 * last character and values above 65,535, so one token would have many texts. It is the second
 * opinion of the tests.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const foreign = 255

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

/** Value of each character by its code; 255 stands for a foreign one. */
const values = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? foreign : value
})

/** Bytes of base45 text; undefined for a foreign character, a lone last one or a value too large. */
export function bytesOfBase45(text: string): Uint8Array | undefined {
  const rest = text.length % 3
  if (rest === 1) return undefined
  const whole = (text.length - rest) / 3
  const bytes = new Uint8Array(whole * 2 + (rest === 2 ? 1 : 0))
  for (let group = 0; group < whole; group += 1) {
    const value = groupValue(text, group * 3, 3)
    if (value > 0xffff) return undefined
    bytes[group * 2] = value >> 8
    bytes[group * 2 + 1] = value & 0xff
  }
  if (rest === 0) return bytes
  const last = groupValue(text, whole * 3, 2)
  if (last > 0xff) return undefined
  bytes[whole * 2] = last
  return bytes
}

/** Value of so many characters, the lowest first; infinite with a foreign one among them. */
function groupValue(text: string, at: number, count: number): number {
  let value = 0
  for (let i = at + count - 1; i >= at; i -= 1) {
    const digit = values[text.charCodeAt(i)] ?? foreign
    if (digit === foreign) return Number.POSITIVE_INFINITY
    value = value * 45 + digit
  }
  return value
}
