import { grams, noGrams, type Grams } from '@baari/shared/units/mass'
import type { Metered } from '../fill/fill-states.ts'
import { wound, type MeterLimits } from '../fill/totaliser.ts'

/** True when a piece lies wholly inside another one of the same counter, also past its width. */
export function liesInside(piece: Metered, cover: Metered, meter: MeterLimits): boolean {
  const offset = wound(piece.openingGrams, grams(-cover.openingGrams), meter)
  return offset + piece.deliveredGrams <= cover.deliveredGrams
}

/**
 * What is left of gas that was taken for nobody's, once the pieces that were fetched back have
 * their own: the end of it, because the pieces began where the books were closed.
 */
export function restOf(cover: Metered, pieces: readonly Metered[], meter: MeterLimits): Metered {
  const explained = pieces
    .filter((piece) => liesInside(piece, cover, meter))
    .reduce((sum, piece) => sum + piece.deliveredGrams, 0)
  // More than all cannot be explained: pieces that overlap are told apart by a person.
  const left = Math.max(0, cover.deliveredGrams - explained)
  return endOf(cover, grams(left), meter)
}

/** The last grams of a piece. */
export function endOf(cover: Metered, deliveredGrams: Grams, meter: MeterLimits): Metered {
  return {
    openingGrams: wound(cover.latestGrams, grams(-deliveredGrams), meter),
    latestGrams: cover.latestGrams,
    deliveredGrams,
  }
}

export const nothingAt = (totaliser: Grams): Metered => ({
  openingGrams: totaliser,
  latestGrams: totaliser,
  deliveredGrams: noGrams,
})
