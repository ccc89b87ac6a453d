import { standingOf } from '../../domain/check-in/booking-standing.ts'
import type { BookingFacts, UseFacts, VehicleFacts } from '../../domain/check-in/scan-facts.ts'
import type { ProvisionalBooking } from '../../ports/bookings.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { CodePlace } from '@baari/shared/codecs/short-code'
import type { TokenClaims } from '@baari/shared/codecs/token'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { istDayStart, slotMs } from '@baari/shared/units/ist-calendar'
import {
  bookingId,
  laneNo,
  vehicleClasses,
  type BookingId,
  type StationNo,
  type VehicleClass,
} from '@baari/shared/units/names'
import { after, hours, instant, minutes } from '@baari/shared/units/time'
import { promptOf } from './prompt.ts'

type Tx = Pick<LedgerTx, 'bookings' | 'checkIns' | 'tickets' | 'vehicles'>

export type FactsSource = { readonly tx: Tx; readonly now: CommandContext['now'] }

const validity = minutes(30)
/** Fills older than a day and the longest cool-down change no limit. */
const fillsSpan = hours(48)

/** A row followed from the cloud, with what the station knows about its uses and its vehicle. */
export function factsOfRow(source: FactsSource, row: BookingRow): BookingFacts {
  const vehicles = vehiclesOf(row)
  const provisional = row.code === null ? undefined : source.tx.bookings.provisionalByCode(row.code)
  const { windowStart, expires } = { windowStart: row.window_start_ms, expires: row.expires_ms }
  return {
    id: row.id,
    known: 'row',
    station: row.station_no,
    state: standingOf({ state: row.state, paymentMode: row.payment_mode }),
    rev: row.rev,
    windowStart,
    expires,
    vehicleClass: row.vehicle_class,
    vehicles,
    nozzle: row.nozzle,
    grams: row.grams,
    driverName: row.driver_name,
    maxUses: row.max_uses,
    maxEntries: row.max_entries,
    lanes: row.lanes === null ? null : row.lanes.split(',').map((no) => laneNo(Number(no))),
    blockedReason: row.blocked_reason,
    underReview: row.under_review,
    prompt: promptOf(row.prompt),
    note: row.note,
    retestDay: row.retest_day,
    // A use claimed by the code before the row arrived is a use of this booking.
    ...known(source, { ids: [row.id, ...(provisional ? [provisional.id] : [])], vehicles }),
  }
}

/** A booking known by its signature or code alone: what the token or the code itself proves. */
export function factsOfProvisional(
  source: FactsSource,
  booking: ProvisionalBooking,
  station: StationNo,
): BookingFacts {
  const { id, rev, windowStart, expires, vehicleClass, nozzle, grams, maxUses, retestDay } = booking
  const vehicles = [{ plate: booking.plate, vehicleClass }]
  return {
    ...unknownOfStrangers,
    id,
    station,
    rev,
    windowStart,
    expires,
    vehicleClass,
    vehicles,
    nozzle,
    grams,
    maxUses,
    retestDay,
    ...known(source, { ids: [id], vehicles }),
  }
}

const unknownOfStrangers = {
  known: 'alone',
  state: 'valid',
  driverName: null,
  maxEntries: null,
  lanes: null,
  blockedReason: null,
  underReview: false,
  prompt: null,
  note: null,
} as const

/** The provisional booking a verified token proves, before it is stored. */
export function provisionalOfClaims(
  claims: TokenClaims,
  now: CommandContext['now'],
): ProvisionalBooking {
  return {
    id: claims.booking,
    code: null,
    windowStart: claims.notBefore,
    expires: claims.expires,
    rev: claims.rev,
    vehicleClass: claims.vehicleClass,
    nozzle: claims.nozzle,
    grams: claims.grams,
    prepaidPaise: claims.prepaid,
    maxUses: claims.maxUses,
    plate: null,
    plateTag: claims.plateTag,
    retestDay: claims.retestDay,
    firstSeen: now.at,
  }
}

export type CodeSeen = {
  readonly digits: string
  readonly place: CodePlace
  /** Id given by the station; the cloud joins it to its booking by the code. */
  readonly id: string
  /** A code names no class: the lane's first, because people choose the lane by it. */
  readonly vehicleClass: VehicleClass | undefined
}

/** The provisional place of a code nobody has synced: window by its slot, paid at the pump. */
export function provisionalOfCode(seen: CodeSeen, now: CommandContext['now']): ProvisionalBooking {
  const windowStart = instant(istDayStart(seen.place.day) + seen.place.slot * slotMs)
  const vehicleClass = seen.vehicleClass ?? 'auto'
  return {
    id: bookingId(seen.id),
    code: seen.digits,
    windowStart,
    expires: after(windowStart, validity),
    rev: 0,
    vehicleClass,
    nozzle: vehicleClass === 'bus' ? 'ngv2' : 'ngv1',
    grams: null,
    prepaidPaise: 0,
    maxUses: 1,
    plate: null,
    plateTag: null,
    retestDay: null,
    firstSeen: now.at,
  }
}

/** What the station itself wrote down: uses, denial, the vehicle's record and fills. */
function known(
  { tx, now }: FactsSource,
  {
    ids,
    vehicles,
  }: { readonly ids: readonly BookingId[]; readonly vehicles: readonly VehicleFacts[] },
): Pick<BookingFacts, 'uses' | 'denied' | 'record' | 'fills'> {
  const [id] = ids
  const plate = vehicles.length === 1 ? (vehicles[0]?.plate ?? null) : null
  const record = plate === null ? undefined : tx.vehicles.byPlate(plate)
  return {
    uses: ids.flatMap((one) => usesOf(tx, one)),
    denied: (id && tx.bookings.denied(id)) ?? null,
    record: record ? { retestDay: record.retestDay, corrected: record.corrected } : null,
    fills: plate === null ? [] : tx.vehicles.fillsSince(plate, instant(now.at - fillsSpan)),
  }
}

function usesOf(tx: Tx, booking: BookingId): UseFacts[] {
  const open = new Set(tx.tickets.openOfBooking(booking).map((ticket) => ticket.useNo))
  return tx.checkIns.ofBooking(booking).map(({ useNo, state, lane, at, partFilled }) => ({
    useNo,
    state,
    lane,
    at,
    partFilled,
    inQueue: open.has(useNo),
  }))
}

/** One vehicle, or the list `PLATE:class,PLATE:class` of a fleet token. */
function vehiclesOf({ plate, vehicle_class: vehicleClass }: BookingRow): VehicleFacts[] {
  if (!plate.includes(':')) return [{ plate: plate === '' ? null : plate, vehicleClass }]
  return plate.split(',').map((part) => {
    const [text = '', named = ''] = part.split(':')
    const known = vehicleClasses.find((one) => one === named.trim())
    return { plate: text.trim(), vehicleClass: known ?? vehicleClass }
  })
}
