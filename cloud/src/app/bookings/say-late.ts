import { isOffWindow } from '@baari/shared/domain/slots/retime'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { after, before, minutes, type Instant } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { OwnBooking } from './confirm-hold.ts'
import { keepLonger } from './keep-longer.ts'
import { offerAnother, type RetimeDeps } from './retime.ts'

/** When the vehicle will be there: minutes after its window's start, or the moment. */
export type Lateness = { readonly minutes: number } | { readonly arrivalMs: Instant }
export type SayLate = OwnBooking & { readonly said: Lateness }

/**
 * The driver says when the vehicle comes (`LATE 20`: twenty minutes after the window's start). More
 * than five minutes outside the window it is offered a later one that fits, and its token stays valid
 * until then, to s+60 at most; its right of way still ends at s+10. Refuses with booking_unknown or
 * booking_final. Said again it changes nothing, and the open offer stands.
 */
export async function sayLate(
  deps: RetimeDeps,
  { id, driver, said }: SayLate,
): Promise<Result<Booking, Refusal>> {
  const found = await deps.book.find(id)
  if (found === undefined || found.driver !== driver) return err(refusal('booking_unknown'))
  const arrival =
    'minutes' in said ? after(found.windowStart, minutes(said.minutes)) : said.arrivalMs
  if (!isOffWindow(found.windowStart, arrival)) return ok(found)
  const kept = await deps.book.transact((tx) =>
    keepLonger({ tx, issuer: deps.issuer }, found, arrival),
  )
  if (!kept.ok || arrival <= found.windowStart) return kept
  // The window whose ten minutes the arrival falls into, or the next one with room.
  await offerAnother(deps, id, { cause: 'late', notBefore: before(arrival, windowLength) })
  return kept
}
