import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import { istDay } from '../../units/ist-calendar.ts'
import type { Grams } from '../../units/mass.ts'
import type { VehicleClass } from '../../units/names.ts'
import { after, before, hours, minutes, type Instant } from '../../units/time.ts'
import type { BookingState } from '../booking/booking-state.ts'
import type { Plate } from '../plate/plate.ts'

/** A booking of the vehicle or of the phone that asks, of the last thirty days or still to come. */
export type PastBooking = {
  readonly plate: Plate
  /** Sold to the phone that asks now. */
  readonly samePhone: boolean
  /** Paid by the payer who pays now; false where nobody pays ahead. */
  readonly samePayer: boolean
  readonly windowStart: Instant
  readonly state: BookingState
  readonly expected: Grams
  /** What was filled for it, and when the last of it was settled. */
  readonly filled: Grams
  readonly settledAt: Instant | undefined
  /** The station said that nobody came, and nothing excuses it. */
  readonly strike: boolean
}

export type LimitWish = {
  readonly plate: Plate
  readonly vehicleClass: VehicleClass
  readonly windowStart: Instant
  readonly now: Instant
}

/** Bookings of a vehicle for one IST day; a class without a figure has no bound (product.md 7.6). */
const perDay: Readonly<Partial<Record<VehicleClass, number>>> = { auto: 2, car: 1 }
const coolDown = hours(2)
const vehiclesPerPhone = 3
/** A payer with a contract books for a fleet and has its own bound. */
const vehiclesPerPayer = 3
/** A fill below 80 % of the expected amount counts toward nothing. */
const smallFillPerMille = 800

/** How long a no-show is remembered, and how many kept bookings in a row clear it. */
export const strikeMemory = minutes(30 * 24 * 60)
const clearedBy = 5
const sameDayFrom = 2
const walkInFrom = 3
const walkInOnlyFor = minutes(7 * 24 * 60)

/**
 * Whether the limits of fairness leave this vehicle and phone a booking; nobody is barred for ever,
 * and nothing here costs money. Refuses with day_limit, cooling_down, phone_limit, payer_limit,
 * same_day_only or walk_in_only, each with the moment or figure a person needs.
 */
export function mayBookFairly(
  wish: LimitWish,
  past: readonly PastBooking[],
): Result<null, Refusal> {
  for (const limit of [dayLimit, cooledDown, phoneLimit, payerLimit, strikeLimit]) {
    const refused = limit(wish, past)
    if (refused !== undefined) return err(refused)
  }
  return ok(null)
}

type Limit = (wish: LimitWish, past: readonly PastBooking[]) => Refusal | undefined

const expectedStates: ReadonlySet<BookingState> = new Set<BookingState>([
  'held',
  'expiring',
  'active',
  'confirmed',
  'cancel_pending',
  'checked_in',
  'filling',
])

const endedStates: ReadonlySet<BookingState> = new Set<BookingState>(['completed', 'part_filled'])

const dayLimit: Limit = ({ plate, vehicleClass, windowStart }, past) => {
  const most = perDay[vehicleClass]
  if (most === undefined) return undefined
  const day = istDay(windowStart)
  // One still to come is refused as the vehicle's live booking already.
  const booked = past.filter(
    (one) => one.plate === plate && istDay(one.windowStart) === day && isFilled(one),
  )
  return booked.length < most ? undefined : refusal('day_limit', { limit: most })
}

const cooledDown: Limit = ({ plate, windowStart }, past) => {
  const fills = past.filter((one) => one.plate === plate && isFilled(one))
  const last = Math.max(-Infinity, ...fills.map(({ settledAt }) => settledAt ?? -Infinity))
  return windowStart >= last + coolDown
    ? undefined
    : refusal('cooling_down', { untilMs: last + coolDown })
}

const phoneLimit: Limit = ({ plate }, past) => {
  const live = past.filter(({ samePhone, state }) => samePhone && expectedStates.has(state))
  const others = new Set(live.map((one) => one.plate))
  others.delete(plate)
  return others.size < vehiclesPerPhone
    ? undefined
    : refusal('phone_limit', { limit: vehiclesPerPhone })
}

const payerLimit: Limit = ({ plate }, past) => {
  const live = past.filter(({ samePayer, state }) => samePayer && expectedStates.has(state))
  const others = new Set(live.map((one) => one.plate))
  others.delete(plate)
  return others.size < vehiclesPerPayer
    ? undefined
    : refusal('payer_limit', { limit: vehiclesPerPayer })
}

const strikeLimit: Limit = ({ windowStart, now }, past) => {
  const { strikes, last } = strikesOf(past, now)
  const until = last === undefined ? now : after(last, walkInOnlyFor)
  if (strikes >= walkInFrom && now < until) return refusal('walk_in_only', { untilMs: until })
  if (strikes >= sameDayFrom && istDay(windowStart) !== istDay(now)) {
    return refusal('same_day_only', { noShows: strikes })
  }
  return undefined
}

/** No-shows that still count: of the last thirty days, since five kept bookings in a row. */
export function strikesOf(
  past: readonly PastBooking[],
  now: Instant,
): { readonly strikes: number; readonly last: Instant | undefined } {
  const from = before(now, strikeMemory)
  const ended = past
    .filter(
      ({ windowStart, state, strike }) => windowStart >= from && (strike || endedStates.has(state)),
    )
    // Of two at one time the strike is reckoned first, in the driver's favour.
    .toSorted((a, b) => a.windowStart - b.windowStart || Number(b.strike) - Number(a.strike))
  let [strikes, kept, last]: [number, number, Instant | undefined] = [0, 0, undefined]
  for (const { strike, windowStart } of ended) {
    kept = strike ? 0 : kept + 1
    if (strike) [strikes, last] = [strikes + 1, windowStart]
    else if (kept >= clearedBy) [strikes, last] = [0, undefined]
  }
  return { strikes, last }
}

function isFilled({ state, expected, filled }: PastBooking): boolean {
  return endedStates.has(state) && filled * 1_000 >= expected * smallFillPerMille
}
