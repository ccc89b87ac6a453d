import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'

/** Work of a position in thousandths of a minute: what windows are sold from (lanes.md section 3). */
export type MilliMinutes = Brand<number, 'MilliMinutes'>

export function milliMinutes(value: number): MilliMinutes {
  assert(Number.isSafeInteger(value) && value >= 0, 'work is a whole number of milli-minutes')
  return value as MilliMinutes
}

/** A share or probability in thousandths, 0-1000: no float enters capacity. */
export type PerMille = Brand<number, 'PerMille'>

export function perMille(value: number): PerMille {
  assert(Number.isSafeInteger(value) && value >= 0 && value <= 1000, 'per mille is 0-1000')
  return value as PerMille
}

/** The share of an amount, rounded down: what is given away never exceeds what there is. */
export function shareOf(amount: number, share: PerMille): number {
  return Math.floor((amount * share) / 1000)
}
