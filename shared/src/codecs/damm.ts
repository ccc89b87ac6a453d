/**
 * The totally anti-symmetric quasigroup of order 10 by H. Michael Damm (dissertation, Marburg
 * 2004): its check digit catches every wrong digit and every swap of neighbours.
 */
const table = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
]

/** The digit that makes `digits` + digit valid. `digits` are ASCII digits. */
export function dammDigit(digits: string): string {
  return Array.from(digits).reduce((row, digit) => table[Number(row)]?.[Number(digit)] ?? '', '0')
}

/** True when the last digit is the check digit of those before it. */
export function dammHolds(digits: string): boolean {
  return dammDigit(digits) === '0'
}
