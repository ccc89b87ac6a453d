import { istDay } from '@baari/shared/units/ist-calendar'
import { stop, type Stop } from './stop.ts'
import type { BookingFacts, LaneFacts, LanePolicy, ScanFacts, VehicleFacts } from './scan-facts.ts'

/** Denied by the cloud: the whole booking, or the revisions below one. */
export function deniedStop({ denied }: BookingFacts, rev: number): Stop | undefined {
  if (denied === null || rev >= denied.minRev) return undefined
  // The deny list marks a blocked vehicle or driver by its reason; the rest is plain revocation.
  const blocked = /^blocked(?::\s*(.*))?$/.exec(denied.reason)
  return blocked
    ? stop('BLOCKED', { reason: blocked[1] ?? '' })
    : stop('REVOKED', { reason: denied.reason })
}

/** A token of an older revision than the booking's: its window has moved. */
export function supersededStop(booking: BookingFacts, rev: number): Stop | undefined {
  return rev < booking.rev
    ? stop('REVOKED', { reason: 'moved', windowStartMs: booking.windowStart })
    : undefined
}

export function standingStop(booking: BookingFacts): Stop | undefined {
  const name = booking.driverName ?? ''
  if (booking.blockedReason !== null)
    return stop('BLOCKED', { name, reason: booking.blockedReason })
  if (booking.underReview) return stop('REVIEW', { name })
  return booking.state === 'over' ? stop('CANCELLED') : undefined
}

/**
 * An expired cylinder is refused whatever else holds, and nobody may override it (hardware.md
 * 10.6). A manager's correction of a mistyped date is a new record and outranks the token's date.
 */
export function cylinderStop(
  { retestDay, record }: BookingFacts,
  now: ScanFacts['now'],
): Stop | undefined {
  const days = record?.corrected
    ? [record.retestDay]
    : [retestDay, record?.retestDay ?? null].filter((day) => day !== null)
  const earliest = days.length > 0 ? Math.min(...days) : Infinity
  return earliest < istDay(now) ? stop('CYLINDER_EXPIRED', { retestDay: earliest }) : undefined
}

export type Match = { readonly vehicle: VehicleFacts } | Stop

/** The vehicle of the booking that this lane takes; a fleet token may hold several. */
export function matchVehicle(booking: BookingFacts, facts: ScanFacts): Match {
  const { lane, policy, chosenPlate } = facts
  const group = booking.vehicles.length > 1
  if (group && !policy.matchGroupVehicle) {
    return takes(lane, booking.vehicleClass)
      ? { vehicle: { plate: null, vehicleClass: booking.vehicleClass } }
      : wrongClass(booking, policy)
  }
  const fitting = booking.vehicles.filter(({ vehicleClass }) => takes(lane, vehicleClass))
  const chosen = fitting.filter(({ plate }) => chosenPlate === null || plate === chosenPlate)
  const candidates = group ? chosen : fitting
  const [vehicle, second] = candidates
  if (!vehicle) return wrongClass(booking, policy)
  return second ? choosePlate(candidates) : { vehicle }
}

function takes({ accepts }: LaneFacts, vehicleClass: VehicleFacts['vehicleClass']): boolean {
  return accepts.length === 0 || accepts.includes(vehicleClass)
}

function wrongClass({ vehicleClass }: BookingFacts, { lanes }: LanePolicy): Stop {
  const right = lanes.find((lane) => lane.direction === 'entry' && takes(lane, vehicleClass))
  return stop('WRONG_CLASS', { vehicleClass, ...(right ? { lane: right.no } : {}) })
}

export function choosePlate(vehicles: readonly VehicleFacts[]): Stop {
  return stop('AMBIGUOUS', { plates: vehicles.map(({ plate }) => plate ?? '').join(',') })
}

/** The booking's own rule; the station's when the booking, or its token alone, names none. */
export function laneStop(booking: BookingFacts, { lane, policy }: ScanFacts): Stop | undefined {
  const allowed = booking.lanes ?? policy.bookedLanes
  if (allowed === null || allowed.includes(lane.no)) return undefined
  return stop('LANE_RULE', { lanes: allowed.join(',') })
}

/** Entries are check-ins that were not released; driving off counts nothing. */
export function entriesStop({ maxEntries, uses }: BookingFacts): Stop | undefined {
  const entries = uses.filter(({ state }) => state !== 'released').length
  return maxEntries !== null && entries >= maxEntries
    ? stop('LIMIT', { reason: 'entries', limit: maxEntries })
    : undefined
}

/** `collect-cash`, pressed by the attendant, pays at the pump; the station's policy outranks it. */
export function unpaidStop(booking: BookingFacts, { policy, answer }: ScanFacts): Stop | undefined {
  if (booking.state !== 'open-payment') return undefined
  if (policy.payAtPump && answer === 'collect-cash') return undefined
  return stop('UNPAID', {
    name: booking.driverName ?? '',
    plate: booking.vehicles[0]?.plate ?? '',
    payAtPump: policy.payAtPump ? 1 : 0,
  })
}

export function promptStop(
  { prompt }: BookingFacts,
  { vehicleClass }: VehicleFacts,
  answer: string | null,
): Stop | undefined {
  if (prompt === null || !prompt.required || prompt.answered || prompt.at !== 'check-in') {
    return undefined
  }
  if (prompt.classes !== null && !prompt.classes.includes(vehicleClass)) return undefined
  return answer === null || answer.trim() === '' ? stop('PROMPT', { text: prompt.text }) : undefined
}
