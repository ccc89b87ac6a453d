import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import type { GilbarcoConfig } from './manifest.ts'

const mostPresetCounts = 999_999
const mostPriceCounts = 9_999

/** Translates the counts of a display; the loop carries digits and no point. */
export type GilbarcoScale = {
  readonly countGrams: Grams
  massOf(volumeCounts: number): Grams
  totalOf(volumeCounts: number): Grams
  priceOf(priceCounts: number): PaisePerKg
  /** Mass that was certainly delivered for this money: rounded down to a count of the display. */
  massFor(amountCounts: number, price: PaisePerKg): Grams
  /** Money at which the sale ends at or below the limit; null when the display cannot show it. */
  presetCounts(limitGrams: Grams, price: PaisePerKg): number | null
  priceCounts(price: PaisePerKg): number | null
}

export function gilbarcoScale({
  decimals,
  totalUnitGrams,
}: Pick<GilbarcoConfig, 'decimals' | 'totalUnitGrams'>): GilbarcoScale {
  const countGrams = 10 ** (3 - decimals.mass)
  const paisePerCount = 10 ** (2 - decimals.amount)
  const priceFactor = 10 ** (decimals.price - 2)
  return {
    countGrams: grams(countGrams),
    massOf: (counts) => grams(counts * countGrams),
    totalOf: (counts) => grams(counts * totalUnitGrams),
    priceOf: (counts) => paisePerKg(Math.round(counts / priceFactor)),
    massFor(amountCounts, price) {
      if (price === 0) return grams(0)
      const paise = amountCounts * paisePerCount
      // Money is rounded half up, so up to half a paisa of it may not have flowed yet.
      const certain = Math.max(0, Math.floor((paise * 1000 - 500) / price) - 1)
      return grams(Math.floor(certain / countGrams) * countGrams)
    },
    presetCounts(limitGrams, price) {
      const counts = Math.floor((limitGrams * price) / 1000 / paisePerCount)
      return counts > 0 && counts <= mostPresetCounts ? counts : null
    },
    priceCounts(price) {
      const counts = price * priceFactor
      return Number.isSafeInteger(counts) && counts > 0 && counts <= mostPriceCounts ? counts : null
    },
  }
}
