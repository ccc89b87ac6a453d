import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { planTaking, takingSpan, type FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import { tokenValidity } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Grams } from '@baari/shared/units/mass'
import { noPaise, type PaisePerKg } from '@baari/shared/units/money'
import { bookingId, type StationNo } from '@baari/shared/units/names'
import { after, type Instant } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import { holdLength, holdsPerDriver, mayBook } from '../../domain/booking/sale-rules.ts'
import type { LeaseAsks, TermMark } from '../../ports/leases.ts'
import type { Vehicle } from '../../ports/people.ts'
import type { SaleBook, SaleTx } from '../../ports/sales.ts'
import type { Stations } from '../../ports/stations.ts'
import type { TokenIssuer } from '../../ports/token-issuer.ts'
import { proveBooking } from './prove-booking.ts'

export type BookingWish = {
  readonly station: StationNo
  readonly windowStart: Instant
  readonly grams: Grams
  readonly driver: string
  readonly vehicle: Vehicle
  /** A hold keeps the window for ten minutes; else pay at pump, valid at once. */
  readonly hold: boolean
  readonly requestKey: string | undefined
}

export type SaleDeps = {
  readonly book: SaleBook
  readonly stations: Stations
  readonly issuer: TokenIssuer
  readonly clock: Clock
  readonly ids: IdSource
  readonly asks: LeaseAsks
}

/**
 * Sells a window: capacity, code, token and booking in one transaction. The same request key gives
 * the booking it made before, so a client that never heard the answer asks again without harm.
 * Refuses with nothing_lent, window_full, window_past, window_unknown, retest_expired, vehicle_has_booking,
 * too_many_holds or station_unknown.
 */
export async function makeBooking(
  deps: SaleDeps,
  wish: BookingWish,
): Promise<Result<Booking, Refusal>> {
  const repeated = await alreadyMade(deps, wish)
  if (repeated !== undefined) return ok(repeated)
  const draft = await draftOf(deps, wish)
  if (!draft.ok) return draft
  const sold = await deps.book.transact((tx) => sell(deps, tx, { wish, ...draft.value }))
  // A twin of this request may have won the race: then both are answered with what it made.
  const twin = sold.ok ? undefined : await alreadyMade(deps, wish)
  if (twin !== undefined) return ok(twin)
  if (!sold.ok && sold.error.code === 'window_full') await askForMore(deps, draft.value.draft)
  return sold
}

/** The station sees through its shape what the cloud was short of, and may lend more. */
async function askForMore(
  { asks, clock }: SaleDeps,
  { station, windowStart, work, grams }: Booking,
): Promise<void> {
  await asks.put({ station, windowStart, need: { work, gas: grams }, now: clock.now() })
}

async function alreadyMade(
  { book }: SaleDeps,
  { driver, requestKey }: BookingWish,
): Promise<Booking | undefined> {
  return requestKey === undefined ? undefined : book.findByRequest(driver, requestKey)
}

type Draft = { readonly draft: Booking; readonly codeSecret: Uint8Array }

async function draftOf(deps: SaleDeps, wish: BookingWish): Promise<Result<Draft, Refusal>> {
  const now = deps.clock.now()
  const [station, price, codeSecret] = await Promise.all([
    deps.stations.find(wish.station),
    deps.stations.priceAt(wish.station, wish.windowStart),
    deps.stations.codeSecret(wish.station),
  ])
  if (station === undefined || price === undefined || codeSecret === undefined) {
    return err(refusal('station_unknown'))
  }
  const allowed = mayBook({ ...wish, ...wish.vehicle }, station, now)
  if (!allowed.ok) return allowed
  return ok({ codeSecret, draft: newBooking(deps, wish, { now, price }) })
}

function newBooking(
  { ids }: SaleDeps,
  wish: BookingWish,
  { now, price }: { readonly now: Instant; readonly price: PaisePerKg },
): Booking {
  const { vehicle } = wish
  return {
    id: bookingId(ids.uuid()),
    station: wish.station,
    state: wish.hold ? 'held' : 'active',
    rev: 1,
    version: 1,
    windowStart: wish.windowStart,
    expires: after(wish.windowStart, tokenValidity),
    vehicleClass: vehicle.vehicleClass,
    nozzle: vehicle.nozzle,
    grams: wish.grams,
    plate: vehicle.plate,
    driverName: undefined,
    retestDay: vehicle.retestDay,
    paymentMode: 'pump',
    paid: noPaise,
    channel: 'app',
    driver: wish.driver,
    vehicle: vehicle.id,
    holdUntil: wish.hold ? after(now, holdLength) : undefined,
    work: bookedWork(vehicle.vehicleClass, showProbability),
    price,
    lease: undefined,
    proof: undefined,
    requestKey: wish.requestKey,
    createdAt: now,
  }
}

type Selling = Draft & { readonly wish: BookingWish }

async function sell(
  deps: SaleDeps,
  tx: SaleTx,
  { wish, draft, codeSecret }: Selling,
): Promise<Result<Booking, Refusal>> {
  if (wish.hold && (await tx.bookings.countHolds(wish.driver)) >= holdsPerDriver) {
    return err(refusal('too_many_holds'))
  }
  const taken = await takeCapacity(tx, draft)
  if (!taken.ok) return taken
  const { issuer } = deps
  const proof = wish.hold ? ok(undefined) : await proveBooking({ issuer, codeSecret }, tx, draft)
  if (!proof.ok) return proof
  const { plan, lease } = taken.value
  const booking: Booking = { ...draft, lease, proof: proof.value }
  return (await tx.bookings.insert(booking, plan))
    ? ok(booking)
    : err(refusal('vehicle_has_booking'))
}

type Taken = { readonly plan: readonly FreeCell[]; readonly lease: TermMark }

async function takeCapacity(
  tx: SaleTx,
  { station, windowStart, work, grams }: Booking,
): Promise<Result<Taken, Refusal>> {
  const range = { station, from: windowStart, to: after(windowStart, takingSpan) }
  const free = await tx.cells.lock(range)
  const lease = await tx.cells.term(station)
  if (lease === undefined) return err(refusal('nothing_lent'))
  const plan = planTaking(free, { work, gas: grams })
  if (!plan.ok) return plan
  return (await tx.cells.take(station, plan.value))
    ? ok({ plan: plan.value, lease })
    : err(refusal('window_full'))
}
