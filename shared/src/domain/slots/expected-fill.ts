import { grams, type Grams } from '../../units/mass.ts'

/** A cylinder is full at 200 bar (Gas Cylinders Rules 2016). */
const fullMbar = 200_000

/** From 180 bar on a fill is a full one (product.md 7.1): drivers are told of less only. */
const fullPercent = 90

/** Amounts are told in tenths of a kilogram: more would say more than the pressure does. */
const stepGrams = 100

/** Share of a full cylinder, in per cent, that this pressure of the bank gives. */
export function expectedFillPercent(bankMbar: number): number {
  return Math.min(100, Math.max(0, Math.floor((bankMbar * 100) / fullMbar)))
}

/**
 * What of a wished fill the pressure gives now; null when it is the whole of it, or not known. A
 * cylinder takes gas up to the bank's own pressure, in a straight line, which is near enough for a
 * person and is never used to cut a fill off.
 */
export function expectedFill(wished: Grams, percent: number | null): Grams | null {
  if (percent === null || percent >= fullPercent) return null
  return grams(Math.floor((wished * percent) / 100 / stepGrams) * stepGrams)
}
