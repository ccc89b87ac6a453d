import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import { sellable } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { isoDate, istDay } from '@baari/shared/units/ist-calendar'
import type { NozzleType } from '@baari/shared/units/names'
import { minutes, type DayNumber, type Instant } from '@baari/shared/units/time'
import type { Channel } from './booking.ts'

/** Time to live of a hold, and how long *expiring* keeps the capacity while the vendor is asked. */
export const holdLength = minutes(10)
export const vendorAnswerTime = minutes(3)
export const holdsPerDriver = 2
/** From here unused capacity is the station's again (product.md 7.3). */
export const capacityReleasedAfter = minutes(10)
/** A cancel the station never acknowledged is final this long after the token's end. */
export const cancelFinalAfter = minutes(2)
/** The cloud's own no-show is provisional and waits a day for the station's word. */
export const provisionalNoShowAfter = minutes(24 * 60)

/** Channels that need no reserve: whoever has a phone with a page is fast enough. */
export const openChannels: readonly Channel[] = ['app']

/** States of a booking whose vehicle is still expected at a nozzle. */
export const expectedStates: readonly BookingState[] = [
  'held',
  'expiring',
  'active',
  'confirmed',
  'cancel_pending',
  'checked_in',
]

export type Wish = {
  readonly windowStart: Instant
  readonly nozzle: NozzleType
  readonly retestDay: DayNumber
}

export type StationForSale = {
  readonly open: boolean
  /** Nozzle profiles of its working positions. */
  readonly nozzles: readonly NozzleType[]
}

/** Whether this window may be promised to this vehicle, capacity aside. */
export function mayBook(
  wish: Wish,
  station: StationForSale,
  now: Instant,
): Result<Instant, Refusal> {
  const window = sellable(wish.windowStart, now)
  if (!window.ok) return window
  if (!station.open || !station.nozzles.includes(wish.nozzle)) {
    return err(refusal('window_unknown', { nozzle: wish.nozzle }))
  }
  const day = istDay(wish.windowStart)
  if (wish.retestDay < day) {
    return err(refusal('retest_expired', { validUntil: isoDate(wish.retestDay) }))
  }
  return ok(wish.windowStart)
}

/** A driver may confirm while the hold runs; later only verified money can. */
export function mayConfirm(
  { state, holdUntil }: { state: BookingState; holdUntil: Instant | undefined },
  now: Instant,
): Result<'confirm' | 'already', Refusal> {
  if (state === 'confirmed') return ok('already')
  if (state !== 'held') {
    const over = state === 'expiring' || state === 'expired'
    return err(refusal(over ? 'hold_expired' : 'booking_final', { state }))
  }
  return holdUntil !== undefined && now < holdUntil ? ok('confirm') : err(refusal('hold_expired'))
}
