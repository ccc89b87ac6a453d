import { istDay, istDayStart } from '../../../units/ist-calendar.ts'
import type { PaisePerKg } from '../../../units/money.ts'
import { minutes, type Instant, type Millis } from '../../../units/time.ts'

/**
 * What a driver weighs of a slot. `step` is as much of it as counts as one: the spread of the prior
 * and the scale of the logit, fixed so that a model of last month reads the slots of today. Distances
 * are in kilometres, times in minutes, prices in paise per kilogram, room in vehicles, the load in
 * vehicles an hour and position, the rest in stars and shares.
 */
export const slotFeatures = [
  { name: 'distanceKm', step: 3 },
  { name: 'gapMin', step: 60 },
  { name: 'priceOverCheapestPaise', step: 200 },
  { name: 'freeRoom', step: 4 },
  { name: 'loadQ90', step: 3 },
  { name: 'waitMin', step: 10 },
  { name: 'habit', step: 0.2 },
  { name: 'ratingStars', step: 0.5 },
  { name: 'popularity', step: 0.15 },
] as const

export type SlotFeatureName = (typeof slotFeatures)[number]['name']

/** By feature; null is unknown. */
export type SlotFeatures = { readonly [N in SlotFeatureName]: number | null }

export type SlotFacts = {
  readonly start: Instant
  /** When the driver wishes to be there, or can be; the gap counts from it in both directions. */
  readonly reach: Instant
  readonly distanceKm: number | null
  readonly price: PaisePerKg
  /** The lowest price among the slots it is compared with. */
  readonly cheapest: PaisePerKg
  /** Vehicles like this one that still fit, those on their way there taken off. */
  readonly room: number
  readonly loadQ90: number | null
  readonly wait: Millis | null
  /** Starts of the driver's own earlier windows. */
  readonly past: readonly Instant[]
  readonly ratings: Ratings
  readonly offers: Offers
}

/** More free places than this are as good as this. */
const roomMax = 12

export function featuresOf(facts: SlotFacts): SlotFeatures {
  const { start, reach, distanceKm, price, cheapest, room, loadQ90, wait } = facts
  return {
    distanceKm,
    gapMin: Math.round(Math.abs(start - reach) / minutes(1)),
    priceOverCheapestPaise: price - cheapest,
    freeRoom: Math.max(0, Math.min(roomMax, room)),
    loadQ90,
    waitMin: wait === null ? null : Math.round(wait / minutes(1)),
    habit: habitAt(facts.past, start),
    ratingStars: shrunkRating(facts.ratings),
    popularity: shrunkPopularity(facts.offers),
  }
}

/** Stars that were given, summed, and how many gave any. */
export type Ratings = { readonly sum: number; readonly count: number }

/** As many ratings of three and a half stars are added (forecasting.md section 7). */
const ratingPrior = { stars: 3.5, count: 5 } as const

export function shrunkRating({ sum, count }: Ratings): number {
  return (sum + ratingPrior.count * ratingPrior.stars) / (count + ratingPrior.count)
}

/** How often a station was offered and taken; `mean` is the share of all stations. */
export type Offers = { readonly taken: number; readonly offered: number; readonly mean: number }

export function shrunkPopularity({ taken, offered, mean }: Offers): number {
  return (taken + ratingPrior.count * mean) / (offered + ratingPrior.count)
}

const dayMs = 86_400_000
/** A window within an hour of an earlier one, by the clock, is at the driver's usual time. */
const usualWithin = minutes(60)
const shareByChance = (2 * usualWithin) / dayMs

/** By how much more of the driver's windows lay around this time of day than chance would put there. */
export function habitAt(past: readonly Instant[], start: Instant): number {
  const own = timeOfDay(start)
  const near = past.filter((at) => {
    const apart = Math.abs(timeOfDay(at) - own)
    return Math.min(apart, dayMs - apart) <= usualWithin
  }).length
  return (near + 2 * shareByChance) / (past.length + 2) - shareByChance
}

function timeOfDay(at: Instant): number {
  return at - istDayStart(istDay(at))
}
