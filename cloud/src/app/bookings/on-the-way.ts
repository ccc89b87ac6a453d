import { isOffWindow } from '@baari/shared/domain/slots/retime'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { PlaceCell } from '@baari/shared/units/place'
import { after, before } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import { retimable } from '../../domain/booking/retime.ts'
import { firstFacts } from '../../domain/recommend/ranker-facts.ts'
import type { RouteProvider } from '../../ports/route-provider.ts'
import type { SlotRankers, StationPlaces } from '../../ports/slot-recommendation.ts'
import type { Trips } from '../../ports/trips.ts'
import { estimateArrivals, type Arrival } from '../recommend/estimate-arrival.ts'
import type { OwnBooking } from './confirm-hold.ts'
import { keepLonger } from './keep-longer.ts'
import { offerAnother, type RetimeDeps } from './retime.ts'

export type OnTheWayDeps = RetimeDeps & {
  readonly routes: RouteProvider | undefined
  readonly places: StationPlaces
  readonly rankers: Pick<SlotRankers, 'newest'>
  readonly trips: Pick<Trips, 'put'>
}

export type OnTheWay = OwnBooking & { readonly cell: PlaceCell }

export type Underway = {
  readonly booking: Booking
  /** Undefined where the cloud does not know where the station is. */
  readonly arrival: Arrival | undefined
}

/**
 * The driver is on the way, seen from a field of about a kilometre: when the vehicle will be there. The
 * token is kept until nine in ten would have come, to s+60 at most; a driver who will most likely be
 * late for the window is offered a later one. Refuses with booking_unknown or booking_final.
 */
export async function sayOnTheWay(
  deps: OnTheWayDeps,
  { id, driver, cell }: OnTheWay,
): Promise<Result<Underway, Refusal>> {
  const found = await deps.book.find(id)
  if (found === undefined || found.driver !== driver) return err(refusal('booking_unknown'))
  const { state, station, windowStart } = found
  if (!retimable.has(state)) return err(refusal('booking_final', { state }))
  const arrival = await arrivalAt(deps, found, cell)
  if (arrival === undefined) return ok({ booking: found, arrival })
  const now = deps.clock.now()
  await deps.trips.put({ ...arrival, booking: id, station, cell, at: now })
  const kept = await deps.book.transact((tx) =>
    keepLonger({ tx, issuer: deps.issuer }, found, after(now, arrival.q90)),
  )
  if (!kept.ok) return kept
  const likely = after(now, arrival.q50)
  if (likely > windowStart && isOffWindow(windowStart, likely)) {
    await offerAnother(deps, id, { cause: 'late', notBefore: before(likely, windowLength) })
  }
  return ok({ booking: kept.value, arrival })
}

async function arrivalAt(
  { places, rankers, routes, clock }: OnTheWayDeps,
  { station }: Booking,
  cell: PlaceCell,
): Promise<Arrival | undefined> {
  const there = (await places.all()).get(station)
  if (there === undefined) return undefined
  const { speeds } = (await rankers.newest())?.facts ?? firstFacts
  const [arrival] = await estimateArrivals(routes, { cell, to: [there], at: clock.now(), speeds })
  return arrival
}
