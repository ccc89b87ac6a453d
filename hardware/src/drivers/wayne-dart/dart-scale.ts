import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import type { WayneDartConfig } from './manifest.ts'

/** Digits of a preset and of a price on the wire. */
const mostPresetCounts = 99_999_999
const mostPriceCounts = 999_999

/** Translates the counts of a display; DART sends digits and no point. */
export type DartScale = {
  readonly countGrams: Grams
  readonly totalUnitGrams: Grams
  massOf(counts: number): Grams
  totalOf(counts: number): Grams
  priceOf(counts: number): PaisePerKg
  /** The preset that ends a sale at or below the limit; null when the display cannot show it. */
  presetCounts(limitGrams: Grams): number | null
  /** Null when the display has too few digits or decimals for this price. */
  priceCounts(price: PaisePerKg): number | null
}

export function dartScale({
  decimals,
  totalUnitGrams,
}: Pick<WayneDartConfig, 'decimals' | 'totalUnitGrams'>): DartScale {
  const countGrams = 10 ** (3 - decimals.mass)
  const paiseFactor = 10 ** (decimals.price - 2)
  return {
    countGrams: grams(countGrams),
    totalUnitGrams: grams(totalUnitGrams),
    massOf: (counts) => grams(counts * countGrams),
    totalOf: (counts) => grams(counts * totalUnitGrams),
    // A third decimal is a tenth of a paisa and never set by us.
    priceOf: (counts) => paisePerKg(Math.round(counts / paiseFactor)),
    presetCounts(limitGrams) {
      const counts = Math.floor(limitGrams / countGrams)
      return counts > 0 && counts <= mostPresetCounts ? counts : null
    },
    priceCounts(price) {
      const counts = price * paiseFactor
      return Number.isSafeInteger(counts) && counts <= mostPriceCounts ? counts : null
    },
  }
}
