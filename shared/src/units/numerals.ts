/** Code point of the zero of each decimal numeral set our drivers type (en, hi, mr, gu, ta). */
const zeros = [0x0966, 0x0ae6, 0x0be6, 0xff10]

function foldOne(char: string): string {
  const code = char.codePointAt(0) ?? 0
  const zero = zeros.find((first) => code >= first && code <= first + 9)
  return zero === undefined ? char : String(code - zero)
}

/**
 * Devanagari, Gujarati, Tamil and full-width digits as ASCII digits; every other character stays.
 * Codes and plates come from keyboards in five languages and mean the same number.
 */
export function foldDigits(text: string): string {
  return Array.from(text, foldOne).join('')
}
