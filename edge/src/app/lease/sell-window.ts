import { wireCells } from '@baari/shared/contracts/sync/lease'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import type { LeaseTerm } from '@baari/shared/domain/lease/term'
import { freeCodePlace, type CodePlace } from '@baari/shared/domain/slots/code-place'
import { fitsNozzles, matchSpan, withQueue } from '@baari/shared/domain/slots/nozzle-match'
import { spanOf } from '@baari/shared/domain/slots/shown-room'
import { isCut } from '@baari/shared/domain/slots/supply-cut'
import { planTaking, type FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import { tokenValidity } from '@baari/shared/domain/slots/windows'
import { assert } from '@baari/shared/faults/assert'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { istDay } from '@baari/shared/units/ist-calendar'
import { noPaise, type PaisePerKg } from '@baari/shared/units/money'
import type { AttendantId, BookingId, VehicleClass } from '@baari/shared/units/names'
import { after, millis, minutes, type DayNumber, type Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { usualNozzle } from '../queue/queue-state.ts'
import { settingsOf } from '../station/settings-of.ts'
import { retestOf } from '../vehicle/retest-of.ts'
import { store } from './lease-round.ts'
import { isKioskWindow, needOf, ownCapacity } from './own-windows.ts'

/** A code the node could give out for the window; it alone can compute them. */
export type OwnCode = { readonly place: CodePlace; readonly code: string }

export type SellWindow = {
  readonly booking: BookingId
  readonly windowStart: Instant
  readonly vehicleClass: VehicleClass
  readonly plate: string
  readonly retestDay?: DayNumber | undefined
  readonly by: AttendantId
  readonly codes: readonly OwnCode[]
}

export type WindowSold = { readonly row: BookingRow }

type Vehicle = { readonly plate: string; readonly retestDay: DayNumber }
type Terms = {
  readonly term: LeaseTerm
  readonly price: PaisePerKg
  readonly plan: readonly FreeCell[]
  readonly code: OwnCode
}

/**
 * Sells a window at the kiosk from the station's own share: capacity, code, booking and the op that
 * tells the cloud, in one transaction. Refuses with no_own_share, window_past, supply_cut,
 * window_unknown, window_full, vehicle_has_booking, plate_invalid, retest_missing or retest_expired; a vehicle that
 * gets no window is offered a walk-in number and is never turned away.
 */
export function sellWindow(
  tx: LedgerTx,
  input: SellWindow,
  context: CommandContext,
): Result<WindowSold, Refusal> {
  const window = windowOf(tx, input, context)
  if (!window.ok) return window
  const vehicle = vehicleOf(tx, input, context)
  if (!vehicle.ok) return vehicle
  const terms = termsOf(tx, input, context)
  if (!terms.ok) return terms
  const row = rowOf(tx, input, { vehicle: vehicle.value, terms: terms.value, context })
  writeSale(tx, { row, terms: terms.value, by: input.by })
  return ok({ row })
}

function windowOf(
  tx: Pick<LedgerTx, 'station' | 'cuts'>,
  { windowStart, vehicleClass }: SellWindow,
  { now }: CommandContext,
): Result<null, Refusal> {
  if (windowStart < now.at) return err(refusal('window_past', { startMs: windowStart }))
  const cut = tx.cuts.open(now.at)
  if (cut !== undefined && isCut(cut, windowStart)) {
    return err(refusal('supply_cut', { untilMs: cut.until }))
  }
  const nozzle = usualNozzle(vehicleClass)
  const reached = settingsOf(tx).positions.some(({ nozzles }) => nozzles.includes(nozzle))
  return isKioskWindow(windowStart, now.at) && reached
    ? ok(null)
    : err(refusal('window_unknown', { startMs: windowStart, nozzle }))
}

const awaited: ReadonlySet<BookingRow['state']> = new Set([
  'held',
  'expiring',
  'active',
  'confirmed',
  'cancel_pending',
])

function vehicleOf(
  tx: LedgerTx,
  input: SellWindow,
  context: CommandContext,
): Result<Vehicle, Refusal> {
  const details = retestOf(tx, input, context)
  if (!details.ok) return details
  const { plate, retestDay } = details.value
  if (plate === null) return err(refusal('plate_invalid'))
  if (retestDay === null) return err(refusal('retest_missing'))
  if (retestDay < istDay(input.windowStart)) return err(refusal('retest_expired', { retestDay }))
  const has = tx.bookings
    .byPlate(plate)
    .some((row) => awaited.has(row.state) && row.expires_ms > context.now.at && !isUsed(tx, row))
  return has ? err(refusal('vehicle_has_booking')) : ok({ plate, retestDay })
}

/** The row may still say active where only the station knows that the vehicle has come. */
function isUsed(tx: Pick<LedgerTx, 'checkIns'>, { id }: BookingRow): boolean {
  return tx.checkIns.ofBooking(id).some(({ state }) => state !== 'released')
}

function termsOf(
  tx: LedgerTx,
  { windowStart, vehicleClass, codes }: SellWindow,
  { now }: CommandContext,
): Result<Terms, Refusal> {
  // What the station may sell also follows from the time: the cells are brought up to it first.
  store(tx, tx.leases.read(), now.at)
  const own = ownCapacity(tx, now.at)
  const price = tx.tariffs.priceAt(windowStart)
  if (own === undefined || price === undefined) return err(refusal('no_own_share'))
  if (!nozzlesFit(tx, { windowStart, vehicleClass })) {
    return err(refusal('window_full', { nozzle: usualNozzle(vehicleClass) }))
  }
  const plan = planTaking(spanOf(own.free, windowStart), needOf(tx, vehicleClass))
  if (!plan.ok) return plan
  const places = codes.map(({ place }) => place)
  const place = freeCodePlace(places, tx.leases.usedCodes(places))
  if (!place.ok) return place
  const code = codes.find(
    ({ place: { slot, n } }) => slot === place.value.slot && n === place.value.n,
  )
  if (code === undefined) return err(refusal('no_own_share'))
  return ok({ term: own.term, price, plan: plan.value, code })
}

/**
 * Every vehicle that is expected finds a nozzle that fits, whoever comes first. Bookings of the
 * cloud that have not come through yet are not seen; the cells' minutes bound what they can be.
 */
function nozzlesFit(
  tx: Pick<LedgerTx, 'bookings' | 'serviceTimes' | 'station'>,
  { windowStart, vehicleClass }: Pick<SellWindow, 'windowStart' | 'vehicleClass'>,
): boolean {
  const times = tx.serviceTimes.classMinutes()
  const lasting = (of: VehicleClass) => millis((times[of] * minutes(1)) / 1_000)
  const { from, to } = matchSpan(windowStart)
  const booked = tx.bookings.expected(from, to).map((row) => ({
    nozzle: row.nozzle,
    start: row.window_start_ms,
    duration: lasting(row.vehicle_class),
  }))
  const nozzle = usualNozzle(vehicleClass)
  const positions = settingsOf(tx).positions.map(({ nozzles }) => nozzles)
  const wish = { nozzle, start: windowStart, duration: lasting(vehicleClass) }
  return fitsNozzles(wish, booked, { positions, rules: withQueue })
}

type Selling = {
  readonly vehicle: Vehicle
  readonly terms: Terms
  readonly context: CommandContext
}

function rowOf(
  tx: Pick<LedgerTx, 'station'>,
  { booking, windowStart, vehicleClass }: SellWindow,
  { vehicle, terms, context }: Selling,
): BookingRow {
  return {
    id: booking,
    station_no: settingsOf(tx).no,
    state: 'active',
    rev: 1,
    window_start_ms: windowStart,
    expires_ms: after(windowStart, tokenValidity),
    vehicle_class: vehicleClass,
    nozzle: usualNozzle(vehicleClass),
    grams: usualFill[vehicleClass],
    plate: vehicle.plate,
    driver_name: null,
    retest_day: vehicle.retestDay,
    payment_mode: 'pump',
    paid_paise: noPaise,
    max_uses: 1,
    max_entries: null,
    lanes: null,
    code: terms.code.code,
    blocked_reason: null,
    under_review: false,
    prompt: null,
    note: null,
    fence: terms.term.fence,
    created_at_ms: context.now.at,
  }
}

type Sale = { readonly row: BookingRow; readonly terms: Terms; readonly by: AttendantId }

function writeSale(tx: LedgerTx, { row, terms, by }: Sale): void {
  const { term, price, plan, code } = terms
  // The plan was made from the same rows in this transaction: a refusal here is a bug, and all of
  // the command is rolled back.
  assert(tx.leases.take(plan), 'own cells have what the plan takes')
  tx.leases.addOwn({ row, place: code.place })
  tx.outbox.append({
    kind: 'booking.made',
    entity: { type: 'booking', uuid: row.id },
    body: {
      booking: row.id,
      windowStartMs: row.window_start_ms,
      expiresMs: row.expires_ms,
      vehicleClass: row.vehicle_class,
      nozzle: row.nozzle,
      grams: row.grams,
      plate: row.plate,
      retestDay: row.retest_day,
      code: code.code,
      codeDay: code.place.day,
      codeSlot: code.place.slot,
      codeN: code.place.n,
      pricePaisePerKg: price,
      workMilliMinutes: plan.reduce((sum, { work }) => sum + work, 0),
      term: term.id,
      fence: term.fence,
      cells: wireCells(plan),
      by,
    },
  })
}
