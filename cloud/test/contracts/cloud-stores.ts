import type { CellCapacity } from '@baari/shared/domain/lease/capacity'
import { cloudShare, termLength, type LeaseRequest } from '@baari/shared/domain/lease/term'
import { ok } from '@baari/shared/faults/result'
import { normalisePlate, type Plate } from '@baari/shared/domain/plate/plate'
import type { ManualClock } from '@baari/shared/testing/manual-clock'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { noPaise, paisePerKg } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { after, dayNumber, instant, minutes, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { receiveLease } from '../../src/app/lease/receive-lease.ts'
import type { Booking } from '../../src/domain/booking/booking.ts'
import type { LeaseAsks, Leases } from '../../src/ports/leases.ts'
import type { SaleBook } from '../../src/ports/sales.ts'
import type { StationLedgers } from '../../src/ports/station-ledgers.ts'
import type { StationSessions } from '../../src/ports/station-sessions.ts'
import type { StationStreams } from '../../src/ports/station-streams.ts'
import type { Stations } from '../../src/ports/stations.ts'

/** The cloud's stores with one station of their own and a clock that moves when told to. */
export type CloudStores = {
  readonly sessions: StationSessions
  readonly streams: StationStreams
  readonly ledgers: StationLedgers
  readonly book: SaleBook
  readonly stations: Stations
  readonly leases: Leases
  readonly asks: LeaseAsks
  readonly clock: ManualClock
  /** A station nobody else uses; its key is 142 with the public key `key`. */
  readonly station: number
  /** Id of a driver who may own bookings. */
  driver(): Promise<string>
  uuid(): string
  /** Ids of the asks that wait for this station's grant. */
  asked(): Promise<readonly unknown[]>
}

export type StoresUnderTest = {
  open(): Promise<CloudStores>
  dispose(): Promise<void>
}

export const price = paisePerKg(9_450)

let plates = 0
export function anyPlate(): Plate {
  plates += 1
  const plate = normalisePlate(`MH12Z${String(plates).padStart(4, '0')}`)
  if (!plate.ok) throw new Error('a test plate')
  return plate.value
}

/** A booking as its seller would store it. */
export function bookingAt(
  { station, clock, uuid }: CloudStores,
  windowStart: Instant,
  change: Partial<Booking> = {},
): Booking {
  return {
    id: bookingId(uuid()),
    station: stationNo(station),
    state: 'active',
    rev: 1,
    version: 1,
    windowStart,
    expires: after(windowStart, minutes(30)),
    vehicleClass: 'auto',
    nozzle: 'ngv1',
    grams: grams(4_000),
    plate: anyPlate(),
    driverName: undefined,
    retestDay: dayNumber(21_500),
    paymentMode: 'pump',
    paid: noPaise,
    channel: 'app',
    driver: undefined,
    vehicle: undefined,
    holdUntil: undefined,
    work: milliMinutes(3_000),
    price,
    lease: undefined,
    proof: undefined,
    requestKey: undefined,
    createdAt: clock.now(),
    ...change,
  }
}

/** The station grants these cells: a term with the first request, its next request after that. */
export async function lend(
  { leases, clock, station, uuid }: CloudStores,
  cells: readonly CellCapacity[],
  change: Partial<LeaseRequest> = {},
): Promise<void> {
  const no = stationNo(station)
  const now = clock.now()
  const seen = await leases.transact(no, ({ held, generation }) =>
    Promise.resolve({ held, generation }),
  )
  const { id, fence } = seen?.held?.term ?? { id: uuid(), fence: 1 }
  const span = { from: now, to: after(now, minutes(1_440)), validUntil: after(now, termLength) }
  const request: LeaseRequest = {
    ...{ kind: 'grant', no: (seen?.held?.no ?? 0) + 1, cells, adopt: false, asks: [] },
    term: { ...{ id, fence, cloudShare }, ...span },
    ...change,
  }
  const session = { station: no, generation: seen?.generation ?? 0 }
  const taken = await receiveLease({ leases, clock }, session, request)
  if (!taken.ok) throw new Error(`a grant was refused: ${taken.error.error}`)
}

/** A booking sold now, with a cell of its own. */
export async function soldBooking(stores: CloudStores): Promise<Booking> {
  const start = instant(Math.ceil(stores.clock.now() / slotMs) * slotMs)
  const cell = { start, work: milliMinutes(1), gas: grams(1) }
  const booking = bookingAt(stores, start)
  await lend(stores, [cell])
  await stores.book.transact(async (tx) => ok(await tx.bookings.insert(booking, [cell])))
  return booking
}
