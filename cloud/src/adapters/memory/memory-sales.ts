import type { Plate } from '@baari/shared/domain/plate/plate'
import type { PastBooking } from '@baari/shared/domain/slots/fairness-limits'
import { showProbability } from '@baari/shared/domain/slots/usual-fill'
import type { Clock } from '@baari/shared/runtime/clock'
import { grams } from '@baari/shared/units/mass'
import type { BookingId, StationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { Booking, BookingChange } from '../../domain/booking/booking.ts'
import { expectedStates } from '../../domain/booking/sale-rules.ts'
import type {
  BookedNear,
  BookingRows,
  CellRange,
  DueQuery,
  SaleBook,
  SaleTx,
} from '../../ports/sales.ts'
import { letGoOfPlate } from './memory-batch.ts'
import { freeCells, memoryCells } from './memory-cells.ts'
import { codePlaceKey, type MemoryDatabase, type MemoryTables } from './memory-database.ts'
import { termInForce } from './memory-leases.ts'

/** The seller's books in memory. */
export function memorySaleBook(db: MemoryDatabase, clock: Clock): SaleBook {
  const { tables } = db
  const term = (station: StationNo) => Promise.resolve(termInForce(db, clock, station))
  const tx: SaleTx = { cells: memoryCells(tables, term), bookings: bookingRows(tables) }
  return {
    transact: (work) =>
      db.transact(
        () => work(tx),
        ({ ok }) => ok,
      ),
    find: (id) => db.read(({ booking }) => booking.get(id)?.booking),
    findByRequest: (owner, requestKey) =>
      db.read(({ request, booking }) => {
        const id = request.get(`${owner}/${requestKey}`)
        return id === undefined ? undefined : booking.get(id)?.booking
      }),
    ofDriver: (owner, { before, limit }) =>
      db.read(({ booking }) =>
        [...booking.values()]
          .map((row) => row.booking)
          .filter(({ id, driver }) => driver === owner && (before === undefined || id < before))
          .sort((a, b) => (a.id < b.id ? 1 : -1))
          .slice(0, limit),
      ),
    freeCells: (range) => db.read(() => freeCells(tables, range)),
    term: (station) => db.read(() => termInForce(db, clock, station)),
    due: (query) => db.read(() => dueBookings(tables, query).map(({ id }) => id)),
    lastOutcome: (plate) => db.read(() => lastOutcome(tables, plate)),
    // Nothing is learned in memory: every cohort is as new.
    showCounts: () => Promise.resolve({ shown: 0, missed: 0 }),
  }
}

function bookingRows(tables: MemoryTables): BookingRows {
  return {
    find: (id) => Promise.resolve(tables.booking.get(id)?.booking),
    countHolds(owner) {
      let count = 0
      for (const { booking } of tables.booking.values()) {
        const held = booking.state === 'held' || booking.state === 'expiring'
        if (booking.driver === owner && held) count += 1
      }
      return Promise.resolve(count)
    },
    past: (of) => Promise.resolve(pastBookings(tables, of)),
    usedCodes(station, slots) {
      const used = slots.flatMap(({ day, slot }) =>
        codeNumbers.flatMap((n) =>
          tables.codePlace.has(codePlaceKey(station, { day, slot, n })) ? [{ day, slot, n }] : [],
        ),
      )
      return Promise.resolve(used)
    },
    near: (range, except) => Promise.resolve(bookingsNear(tables, range, except)),
    // Nobody pays ahead in memory, and nothing is drawn.
    keepPayer: () => Promise.resolve(),
    keepLot: () => Promise.resolve(),
    insert(sold, taken, odds) {
      const made = insertBooking(tables, sold, taken)
      if (made && odds !== undefined) tables.bookingOdds.put(sold.id, odds)
      return Promise.resolve(made)
    },
    change: (known, change) => Promise.resolve(changeBooking(tables, known, change)),
    deny(known, { minRev, reason }) {
      const before = tables.denied.get(known.id)
      tables.denied.put(known.id, {
        booking_id: known.id,
        station_no: known.station,
        min_rev: Math.max(minRev, before?.min_rev ?? 0),
        reason: before?.reason ?? reason,
      })
      return Promise.resolve()
    },
  }
}

const forgotten: ReadonlySet<Booking['state']> = new Set(['cancelled', 'expired', 'waitlisted'])

function pastBookings(
  tables: MemoryTables,
  { plate, driver, since }: Parameters<BookingRows['past']>[0],
): readonly PastBooking[] {
  const sales = [...tables.sale.values()]
  return [...tables.booking.values()]
    .map(({ booking }) => booking)
    .filter((one) => one.plate === plate || one.driver === driver)
    .filter(({ windowStart, state }) => windowStart >= since && !forgotten.has(state))
    .map((one): PastBooking => {
      const fills = sales.filter(({ booking }) => booking === one.id)
      return {
        ...{
          plate: one.plate,
          samePhone: one.driver === driver,
          samePayer: false,
          windowStart: one.windowStart,
        },
        ...{ state: one.state, expected: one.grams },
        filled: grams(fills.reduce((sum, fill) => sum + fill.grams, 0)),
        settledAt:
          fills.length === 0 ? undefined : instant(Math.max(...fills.map((f) => f.settledAtMs))),
        strike: one.state === 'no_show' && tables.strike.has(one.id),
      }
    })
}

function bookingsNear(
  tables: MemoryTables,
  { station, from, to }: CellRange,
  except: BookingId,
): readonly BookedNear[] {
  const near: BookedNear[] = []
  for (const { booking } of tables.booking.values()) {
    const { id, windowStart, vehicleClass, nozzle, channel, state } = booking
    if (booking.station !== station || windowStart < from || windowStart >= to) continue
    if (id === except || !expectedStates.includes(state)) continue
    const show = tables.bookingOdds.get(id)?.show ?? showProbability
    near.push({ windowStart, vehicleClass, nozzle, own: channel === 'kiosk', show })
  }
  return near
}

function lastOutcome(tables: MemoryTables, plate: Plate): 'came' | 'missed' | undefined {
  let last: Booking | undefined
  for (const { booking } of tables.booking.values()) {
    if (booking.plate !== plate || !endings.has(booking.state)) continue
    if (last === undefined || booking.windowStart > last.windowStart) last = booking
  }
  return last && endings.get(last.state)
}

const endings = new Map<Booking['state'], 'came' | 'missed'>([
  ['completed', 'came'],
  ['part_filled', 'came'],
  ['no_show', 'missed'],
])

/** Counts of a slot, the cloud's and the station's (architecture.md, Tokens). */
const codeNumbers = Array.from({ length: 34 }, (_, n) => n)

/** False when the vehicle has a live booking, the request was served, or the code is taken. */
function insertBooking(
  tables: MemoryTables,
  sold: Booking,
  taken: Parameters<BookingRows['insert']>[1],
): boolean {
  const { id, driver, plate, requestKey } = sold
  const request =
    requestKey === undefined || driver === undefined ? undefined : `${driver}/${requestKey}`
  if (tables.booking.has(id) || tables.livePlate.has(plate)) return false
  if (request !== undefined && tables.request.has(request)) return false
  if (!takeCode(tables, sold)) return false
  if (request !== undefined) tables.request.put(request, id)
  tables.livePlate.put(plate, id)
  tables.booking.put(id, { booking: sold, livePlate: plate, facts: null })
  tables.bookingCell.put(id, taken)
  return true
}

function takeCode(tables: MemoryTables, { id, station, proof }: Booking): boolean {
  if (proof === undefined) return true
  const key = codePlaceKey(station, proof.codePlace)
  const owner = tables.codePlace.get(key)
  if (owner === undefined) tables.codePlace.put(key, id)
  return owner === undefined || owner === id
}

function changeBooking(tables: MemoryTables, known: Booking, change: BookingChange): boolean {
  const row = tables.booking.get(known.id)
  if (row === undefined || row.booking.version !== known.version) return false
  const { state, proof, expires, moved } = change
  const booking: Booking = {
    ...row.booking,
    state,
    version: known.version + 1,
    ...('holdUntil' in change && { holdUntil: change.holdUntil }),
    ...(proof !== undefined && { proof }),
    ...(expires !== undefined && { expires }),
    ...moved,
  }
  if (!takeCode(tables, booking)) return false
  tables.booking.put(known.id, letGoOfPlate(tables, { ...row, booking }))
  return true
}

function dueBookings(tables: MemoryTables, query: DueQuery): readonly Booking[] {
  const { states, column, before, limit, keepingCapacity } = query
  const due: Booking[] = []
  for (const { booking } of tables.booking.values()) {
    const at = booking[column]
    if (at === undefined || at > before || !states.includes(booking.state)) continue
    if (keepingCapacity === true && !tables.bookingCell.has(booking.id)) continue
    due.push(booking)
  }
  return due.sort((a, b) => (a[column] ?? 0) - (b[column] ?? 0)).slice(0, limit)
}
