import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'
import type { Grams } from './mass.ts'

/** Money in whole paise (1/100 rupee). */
export type Paise = Brand<number, 'Paise'>

/** Price of one kilogram in paise: the dispenser's price has two decimals of a rupee. */
export type PaisePerKg = Brand<number, 'PaisePerKg'>

export function paise(value: number): Paise {
  assert(Number.isSafeInteger(value), 'paise must be a safe integer')
  return value as Paise
}

export function paisePerKg(value: number): PaisePerKg {
  assert(
    Number.isSafeInteger(value) && value >= 0,
    'a price is a whole number of paise, not below 0',
  )
  return value as PaisePerKg
}

export const noPaise = paise(0)

/** Amount for a mass, rounded half up to the paisa, as the dispenser's own display does. */
export function amountFor(mass: Grams, price: PaisePerKg): Paise {
  assert(mass >= 0, 'gas is not sold by negative grams')
  const milliPaise = mass * price
  assert(Number.isSafeInteger(milliPaise), 'amount out of range')
  return paise(Math.floor((milliPaise + 500) / 1000))
}

/** Rupees with two decimals as text, for people. */
export function rupeeText(value: Paise): string {
  const whole = Math.floor(Math.abs(value) / 100)
  const fraction = String(Math.abs(value) % 100).padStart(2, '0')
  return `${value < 0 ? '-' : ''}${whole}.${fraction}`
}
