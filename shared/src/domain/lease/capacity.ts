import { grams, noGrams, type Grams } from '../../units/mass.ts'
import type { Instant } from '../../units/time.ts'
import { milliMinutes, shareOf, type MilliMinutes, type PerMille } from '../../units/work.ts'

/** Work and gas of a cell. A booking needs both, so whatever is lent or given back is both. */
export type Capacity = { readonly work: MilliMinutes; readonly gas: Grams }

/** Capacity of the five-minute cell that starts at `start`. */
export type CellCapacity = Capacity & { readonly start: Instant }

export const noCapacity: Capacity = { work: milliMinutes(0), gas: noGrams }

export function plus(a: Capacity, b: Capacity): Capacity {
  return { work: milliMinutes(a.work + b.work), gas: grams(a.gas + b.gas) }
}

/** What is left of `a` after `b`, each never below zero. */
export function less(a: Capacity, b: Capacity): Capacity {
  return {
    work: milliMinutes(Math.max(0, a.work - b.work)),
    gas: grams(Math.max(0, a.gas - b.gas)),
  }
}

export function least(a: Capacity, b: Capacity): Capacity {
  return { work: milliMinutes(Math.min(a.work, b.work)), gas: grams(Math.min(a.gas, b.gas)) }
}

export function most(a: Capacity, b: Capacity): Capacity {
  return { work: milliMinutes(Math.max(a.work, b.work)), gas: grams(Math.max(a.gas, b.gas)) }
}

/** The share of both, rounded down: what is lent never exceeds what there is. */
export function sharedOf(amount: Capacity, share: PerMille): Capacity {
  return { work: milliMinutes(shareOf(amount.work, share)), gas: grams(shareOf(amount.gas, share)) }
}

export function isNone({ work, gas }: Capacity): boolean {
  return work === 0 && gas === 0
}

export function sameCapacity(a: Capacity, b: Capacity): boolean {
  return a.work === b.work && a.gas === b.gas
}

export function capacityOf({ work, gas }: Capacity): Capacity {
  return { work, gas }
}
