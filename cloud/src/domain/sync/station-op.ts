import type { DelayAmendment } from '@baari/shared/domain/dispatch/delay-amendment'
import type { DayClosed } from '@baari/shared/domain/sync/day-close'
import type { NozzleType, VehicleClass } from '@baari/shared/units/names'

/**
 * What a station tells in one op of its ledger stream, as far as the cloud acts on it. The field
 * names are those of the wire contract; integers only, mass in grams, money in paise.
 */
type Use = { readonly booking: string; readonly useNo: number }
type Alarm = { readonly source: string; readonly code: string; readonly subject: string }
type Totals = { readonly totaliserBeforeGrams: number; readonly totaliserAfterGrams: number }

type LeaseMoved = { readonly term: string; readonly fence: number; readonly no: number }

export type OpBodies = {
  boot: { readonly boot: string }
  entity: { readonly ref: number; readonly type: string; readonly uuid: string }
  'epoch.opened': { readonly prevEpoch: string }
  'booking.provisional': {
    readonly booking: string | null
    readonly code: string | null
    readonly windowStartMs: number
    readonly vehicleClass: VehicleClass
    readonly plate: string | null
  }
  'booking.made': {
    readonly booking: string
    readonly windowStartMs: number
    readonly expiresMs: number
    readonly vehicleClass: VehicleClass
    readonly nozzle: NozzleType
    readonly grams: number
    readonly plate: string
    readonly retestDay: number
    readonly code: string
    readonly codeDay: number
    readonly codeSlot: number
    readonly codeN: number
    readonly pricePaisePerKg: number
    readonly workMilliMinutes: number
    readonly term: string
    readonly fence: number
    /** What it took of the station's own share: start, milli-minutes, grams. */
    readonly cells: readonly (readonly [number, number, number])[]
  }
  'lease.granted': LeaseMoved
  'lease.returned': LeaseMoved
  'lease.claim_refused': {
    readonly booking: string
    readonly fence: number
    readonly currentFence: number
  }
  'booking.cancel_acked': { readonly booking: string; readonly rev: number }
  'booking.no_show': {
    readonly booking: string
    readonly clockTrusted: boolean
    readonly excused?: string | null | undefined
  }
  'checkin.claimed': Use & {
    readonly lane: number
    readonly verdict: 'ADMIT' | 'LATE'
    readonly ticket: string
    readonly rev: number
    readonly offline: boolean
    readonly forced: boolean
  }
  'checkin.released': Use & { readonly reason: string }
  'checkin.redeemed': Use & { readonly fill: string }
  'scan.failed': {
    readonly verdict: string
    readonly lane: number
    readonly source: string
    readonly rawSha256: string
    readonly rawBase64: string
    readonly booking: string | null
  }
  'ticket.opened': {
    readonly kind: 'booked' | 'walk-in'
    readonly number: number | null
    readonly vehicleClass: VehicleClass
    readonly nozzles: readonly NozzleType[]
    readonly booking: string | null
    readonly arrivedAtMs: number
  }
  'ticket.called': { readonly position: number }
  'ticket.call_undone': { readonly position: number }
  'ticket.called_out_of_turn': {
    readonly call: string
    readonly position: number
    readonly staged: boolean
    readonly reason: string
    readonly note: string | null
    readonly by: string
    readonly manager: string
    readonly kind: string
    readonly label: string
    readonly plateEnd: string | null
    readonly vehicleClass: string
    readonly passed: readonly {
      readonly queue: string
      readonly ticket: string
      readonly label: string
      readonly waitedMs: number
      readonly windowStartMs: number | null
    }[]
    readonly waitingBooked: number
    readonly waitingWalkIn: number
    readonly displaced: string | null
  }
  'ticket.out_of_turn_undone': { readonly call: string; readonly by: string }
  'ticket.skipped': { readonly position: number }
  'ticket.closed': { readonly reason: string }
  'vehicle.recorded': { readonly plate: string; readonly retestDay: number; readonly by: string }
  'fill.authorised': {
    readonly position: number
    readonly ticket: string
    readonly limitGrams: number
    readonly pricePaisePerKg: number
    readonly totaliserBeforeGrams: number
  }
  'fill.voided': { readonly position: number; readonly reason: string }
  'fill.settled': Totals & {
    readonly position: number
    readonly ticket: string
    readonly booking: string | null
    readonly grams: number
    readonly amountPaise: number
    readonly pricePaisePerKg: number
    readonly recovered: boolean
  }
  'fill.orphan': Totals & { readonly position: number; readonly grams: number }
  'fill.disputed': Totals & {
    readonly position: number
    readonly grams: number
    readonly reason: string
  }
  'meter.reset': {
    readonly position: number
    readonly lastGrams: number
    readonly nowGrams: number
    readonly differenceGrams: number
  }
  'payment.collected': {
    readonly fill: string
    readonly method: 'cash' | 'upi' | 'card'
    readonly amountPaise: number
    readonly by: string
  }
  'shift.opened': { readonly attendant: string; readonly openingCashPaise: number }
  'shift.closed': {
    readonly countedCashPaise: number
    readonly expectedCashPaise: number
    readonly fills: number
    readonly grams: number
    readonly amountPaise: number
  }
  'delay.raised': DelayAmendment
  'proof.made': {
    readonly outcome: 'equal' | 'repaired' | 'differs'
    readonly from: number
    readonly to: number
    readonly rows: number
    readonly drifted: number
    readonly found: readonly { readonly set: string; readonly day: number; readonly key: string }[]
  }
  'day.closed': DayClosed
  'gate.exited': { readonly booking: string; readonly lane: number }
  gap: {
    readonly stream: string
    readonly from: number
    readonly to: number
    readonly count: number
  }
  'alarm.raised': Alarm & { readonly detail: string; readonly count: number }
  'alarm.cleared': Alarm & { readonly raisedAtMs: number }
  'state.set': {
    readonly key: string
    readonly value: Readonly<Record<string, string | number | boolean | null>> | null
  }
  reading: {
    /** Telemetry file of the station, and the reading's number in it. */
    readonly f: string
    readonly i: number
    readonly class: string
    readonly device: string
    readonly type: string
    readonly boot: string | null
    readonly n: number | null
    readonly at: number | null
    readonly p: string
  }
}

export type OpKind = keyof OpBodies

/** One op with its place in the stream, the entity its kind's first word names, and its time. */
export type OpOf<K extends OpKind> = {
  readonly kind: K
  readonly seq: number
  readonly ref: number
  /** Event time in station time, already corrected by the offset the cloud derived. */
  readonly atMs: number
  readonly body: OpBodies[K]
}
export type StationOp = { [K in OpKind]: OpOf<K> }[OpKind]

/** A line whose kind or body this version of the cloud cannot read; its bytes are kept. */
export type UnreadOp = {
  readonly kind: 'unread'
  readonly seq: number
  readonly reason: 'kind_unknown' | 'body_unreadable'
}
