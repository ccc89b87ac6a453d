import { bookedWork } from '@baari/shared/domain/slots/booked-work'
import { planTaking, takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import { mayBookFairly, strikeMemory } from '@baari/shared/domain/slots/fairness-limits'
import { tokenValidity } from '@baari/shared/domain/slots/windows'
import { isCut } from '@baari/shared/domain/slots/supply-cut'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Grams } from '@baari/shared/units/mass'
import { noPaise, type PaisePerKg } from '@baari/shared/units/money'
import { bookingId, type StationNo } from '@baari/shared/units/names'
import { after, before, type Instant } from '@baari/shared/units/time'
import { perMille } from '@baari/shared/units/work'
import type { Booking, Channel } from '../../domain/booking/booking.ts'
import { holdLength, holdsPerDriver, mayBook } from '../../domain/booking/sale-rules.ts'
import type { LeaseAsks } from '../../ports/leases.ts'
import type { UnmetRequests } from '../../ports/unmet-requests.ts'
import type { Vehicle } from '../../ports/people.ts'
import type { SaleBook, SaleOdds, SaleTx } from '../../ports/sales.ts'
import type { Stations } from '../../ports/stations.ts'
import type { TokenIssuer } from '../../ports/token-issuer.ts'
import { proveBooking } from './prove-booking.ts'
import { oddsOf, takeCapacity, type StationFacts } from './take-capacity.ts'

export type BookingWish = {
  readonly station: StationNo
  readonly windowStart: Instant
  readonly grams: Grams
  readonly driver: string
  readonly vehicle: Vehicle
  readonly channel: Exclude<Channel, 'kiosk'>
  /** A hold keeps the window for ten minutes; else pay at pump, valid at once. */
  readonly hold: boolean
  readonly requestKey: string | undefined
  /** The payment service's number of who pays, where somebody pays ahead. */
  readonly payer?: string
  /** Won by lot: taken from the lot's share. */
  readonly lot?: true
}

export type SaleDeps = {
  readonly book: SaleBook
  readonly stations: Stations
  readonly issuer: TokenIssuer
  readonly clock: Clock
  readonly ids: IdSource
  readonly asks: LeaseAsks
  readonly unmet: Pick<UnmetRequests, 'turnedAway' | 'met'>
}

/**
 * Sells a window: capacity, code, token and booking in one transaction. The same request key gives
 * the booking it made before, so a client that never heard the answer asks again without harm.
 * Refuses with nothing_lent, window_full, window_past, window_unknown, retest_expired, vehicle_has_booking,
 * too_many_holds, station_unknown or a limit of fairness (fairness-limits.ts).
 */
export async function makeBooking(
  deps: SaleDeps,
  wish: BookingWish,
): Promise<Result<Booking, Refusal>> {
  const repeated = await alreadyMade(deps, wish)
  if (repeated !== undefined) return ok(repeated)
  const draft = await draftOf(deps, wish)
  if (!draft.ok) return draft
  const sold = (await looksFull(deps, draft.value))
    ? err(refusal('window_full'))
    : await sellBehindLocks(deps, { wish, ...draft.value })
  // A twin of this request may have won the race: then both are answered with what it made.
  const twin = sold.ok ? undefined : await alreadyMade(deps, wish)
  if (twin !== undefined) return ok(twin)
  const { station, driver, windowStart } = wish
  if (sold.ok) await deps.unmet.met({ station, driver })
  if (!sold.ok && sold.error.code === 'window_full') {
    await askForMore(deps, draft.value.draft)
    await deps.unmet.turnedAway({ station, driver, windowStart })
  }
  return sold
}

/**
 * A look without locks: many who come too late for a window must not queue for its cells. Only what
 * says yes is judged behind the locks, and a station that lends nothing is refused there as well.
 */
async function looksFull(
  { book }: SaleDeps,
  { draft: { station, windowStart, vehicleClass, grams: gas }, station: facts }: Draft,
): Promise<boolean> {
  const range = { station, from: windowStart, to: after(windowStart, takingSpan) }
  const work = bookedWork(facts.classMinutes[vehicleClass], perMille(0))
  if (planTaking(await book.freeCells(range), { work, gas }).ok) return false
  return (await book.term(station)) !== undefined
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

export type Draft = {
  readonly draft: Booking
  readonly codeSecret: Uint8Array
  readonly station: StationFacts
}

export async function draftOf(deps: SaleDeps, wish: BookingWish): Promise<Result<Draft, Refusal>> {
  const now = deps.clock.now()
  const [station, classMinutes, price, codeSecret] = await Promise.all([
    deps.stations.find(wish.station),
    deps.stations.classMinutes(wish.station),
    deps.stations.priceAt(wish.station, wish.windowStart),
    deps.stations.codeSecret(wish.station),
  ])
  if (station === undefined || price === undefined || codeSecret === undefined) {
    return err(refusal('station_unknown'))
  }
  const { cut } = station
  if (cut !== undefined && isCut(cut, wish.windowStart)) {
    return err(refusal('supply_cut', { untilMs: cut.until }))
  }
  const allowed = mayBook({ ...wish, ...wish.vehicle }, station, now)
  if (!allowed.ok) return allowed
  const { positions } = station
  const draft = newBooking(deps, wish, { now, price, classMinutes })
  return ok({ codeSecret, station: { positions, classMinutes }, draft })
}

type Terms = {
  readonly now: Instant
  readonly price: PaisePerKg
  readonly classMinutes: ClassMinutes
}

function newBooking(
  { ids }: SaleDeps,
  wish: BookingWish,
  { now, price, classMinutes }: Terms,
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
    channel: wish.channel,
    driver: wish.driver,
    vehicle: vehicle.id,
    holdUntil: wish.hold ? after(now, holdLength) : undefined,
    // Settled by the sale, when the odds are known.
    work: bookedWork(classMinutes[vehicle.vehicleClass], showProbability),
    price,
    lease: undefined,
    proof: undefined,
    requestKey: wish.requestKey,
    createdAt: now,
  }
}

export async function withinLimits(
  tx: SaleTx,
  { wish, now }: { readonly wish: BookingWish; readonly now: Instant },
): Promise<Result<null, Refusal>> {
  const { plate, vehicleClass } = wish.vehicle
  const since = before(now, strikeMemory)
  const past = await tx.bookings.past({ plate, driver: wish.driver, payer: wish.payer, since })
  return mayBookFairly({ plate, vehicleClass, windowStart: wish.windowStart, now }, past)
}

type Sale = Draft & { readonly wish: BookingWish }
type Selling = Sale & { readonly odds: SaleOdds }

async function sellBehindLocks(deps: SaleDeps, sale: Sale): Promise<Result<Booking, Refusal>> {
  const odds = await oddsOf(deps.book, { draft: sale.draft, now: deps.clock.now() })
  return deps.book.transact((tx) => sell(deps, tx, { ...sale, odds }))
}

async function sell(
  deps: SaleDeps,
  tx: SaleTx,
  { wish, codeSecret, ...selling }: Selling,
): Promise<Result<Booking, Refusal>> {
  const fair = await withinLimits(tx, { wish, now: deps.clock.now() })
  if (!fair.ok) return fair
  if (wish.hold && (await tx.bookings.countHolds(wish.driver)) >= holdsPerDriver) {
    return err(refusal('too_many_holds'))
  }
  const share = wish.lot === true ? 'lot' : 'open'
  const taken = await takeCapacity(tx, { ...selling, share, now: deps.clock.now() })
  if (!taken.ok) return taken
  const { issuer } = deps
  const { draft } = selling
  const proof = wish.hold ? ok(undefined) : await proveBooking({ issuer, codeSecret }, tx, draft)
  if (!proof.ok) return proof
  const { plan, work, lease, odds } = taken.value
  const booking: Booking = { ...draft, work, lease, proof: proof.value }
  if (!(await tx.bookings.insert(booking, plan, odds))) return err(refusal('vehicle_has_booking'))
  if (wish.lot === true) await tx.bookings.keepLot(booking.id)
  if (wish.payer !== undefined) await tx.bookings.keepPayer(booking.id, wish.payer)
  return ok(booking)
}
