import type { Grams } from '@baari/shared/units/mass'
import type { VehicleClass } from '@baari/shared/units/names'
import { istDay } from '@baari/shared/units/ist-calendar'
import type { Instant, Millis } from '@baari/shared/units/time'
import { stop, type Stop } from './stop.ts'
import { instantOfLocalTime } from './local-time.ts'

/** Bounds of product.md 7.6 for vehicles that come with a booking. */
export type UseLimits = {
  /** Fills in one IST day by class; a class without a figure has no bound (fleets by contract). */
  readonly fillsPerDay: Readonly<Partial<Record<VehicleClass, number>>>
  readonly coolDownMs: Millis
  /** A fill below this share of the expected grams counts toward no limit, in per mille. */
  readonly smallFillPermille: number
  /** Count only fills of this part of the day, `HH:MM` local; null counts the whole day. */
  readonly countFrom: string | null
  readonly countUntil: string | null
}

export type FillOfVehicle = {
  readonly settledAt: Instant
  readonly grams: Grams
  readonly expectedGrams: Grams | null
}

export type LimitFacts = {
  readonly limits: UseLimits
  readonly vehicleClass: VehicleClass
  readonly fills: readonly FillOfVehicle[]
  readonly zone: string
}

/** LIMIT when the day's fills are spent or the cool-down after the last one still runs. */
export function fillLimit(facts: LimitFacts, now: Instant): Stop | undefined {
  const { limits, fills } = facts
  const counted = fills.filter((fill) => !isSmall(fill, limits) && fill.settledAt <= now)
  const last = counted.reduce((latest, { settledAt }) => Math.max(latest, settledAt), -Infinity)
  if (now < last + limits.coolDownMs) {
    return stop('LIMIT', { reason: 'cool-down', untilMs: last + limits.coolDownMs })
  }
  const most = limits.fillsPerDay[facts.vehicleClass]
  const today = counted.filter(({ settledAt }) => countsToday(settledAt, facts, now)).length
  return most !== undefined && today >= most
    ? stop('LIMIT', { reason: 'day', fills: today, limit: most })
    : undefined
}

function isSmall({ grams, expectedGrams }: FillOfVehicle, limits: UseLimits): boolean {
  return expectedGrams !== null && grams * 1000 < expectedGrams * limits.smallFillPermille
}

/** By the IST calendar day, never by UTC's: 23:59 and 00:01 are two days. */
function countsToday(settledAt: Instant, { limits, zone }: LimitFacts, now: Instant): boolean {
  const today = istDay(now)
  if (istDay(settledAt) !== today) return false
  const { countFrom, countUntil } = limits
  if (countFrom !== null && settledAt < instantOfLocalTime(today, countFrom, zone)) return false
  return countUntil === null || settledAt < instantOfLocalTime(today, countUntil, zone)
}
