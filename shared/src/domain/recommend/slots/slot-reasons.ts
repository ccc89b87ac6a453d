import type { StationNo } from '../../../units/names.ts'
import type { SlotCandidate } from './shown-slots.ts'

/** Why a slot is recommended, in the words of the page. */
export const slotReasons = [
  'usual_time',
  'nearest_free',
  'shorter_wait',
  'soonest',
  'cheapest',
  'well_rated',
] as const
export type SlotReason = (typeof slotReasons)[number]

/** By so much more than chance the driver's windows lay at this time. */
const usualFrom = 0.25
/** Minutes by which a wait is shorter than where the driver looks. */
const shorterBy = 5
const wellRatedFrom = 4.2
const saidMost = 2

/** At most two reasons for each slot, the heaviest first; none is made up where none holds. */
export function reasonsOf(
  shown: readonly SlotCandidate[],
  station: StationNo,
): readonly (readonly SlotReason[])[] {
  const here = shown.find((slot) => slot.station === station)?.features.waitMin ?? null
  const least = (of: (slot: SlotCandidate) => number | null): number =>
    Math.min(...shown.flatMap((slot) => of(slot) ?? []))
  const nearest = least(({ features }) => features.distanceKm)
  const soonest = least(({ start }) => start)
  const prices = new Set(shown.map(({ features }) => features.priceOverCheapestPaise))
  return shown.map((slot) => {
    const { habit, distanceKm, waitMin, priceOverCheapestPaise, ratingStars } = slot.features
    const holds: { readonly [R in SlotReason]: boolean } = {
      usual_time: (habit ?? 0) >= usualFrom,
      nearest_free: distanceKm !== null && distanceKm === nearest,
      shorter_wait:
        slot.station !== station &&
        here !== null &&
        waitMin !== null &&
        waitMin + shorterBy <= here,
      soonest: slot.start === soonest,
      cheapest: prices.size > 1 && priceOverCheapestPaise === 0,
      well_rated: (ratingStars ?? 0) >= wellRatedFrom,
    }
    return slotReasons.filter((reason) => holds[reason]).slice(0, saidMost)
  })
}
