import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'

/** Mass of gas in whole grams. Totalisers, limits and sales are all counted in this. */
export type Grams = Brand<number, 'Grams'>

/** Makes grams from an integer; a fraction or an unsafe integer is a bug of the caller. */
export function grams(value: number): Grams {
  assert(Number.isSafeInteger(value), 'grams must be a safe integer')
  return value as Grams
}

export const noGrams = grams(0)

export function addGrams(a: Grams, b: Grams): Grams {
  return grams(a + b)
}

export function subtractGrams(a: Grams, b: Grams): Grams {
  return grams(a - b)
}

/** Kilograms with `decimals` places as text, for people; the stored value stays in grams. */
export function kilogramText(value: Grams, decimals: 1 | 2 | 3 = 2): string {
  const step = 10 ** (3 - decimals)
  const rounded = Math.floor((Math.abs(value) + step / 2) / step) * step
  const whole = Math.floor(rounded / 1000)
  const fraction = String(rounded % 1000)
    .padStart(3, '0')
    .slice(0, decimals)
  return `${value < 0 && rounded > 0 ? '-' : ''}${whole}.${fraction}`
}
