import { z } from 'zod'
import { verdicts } from '../../domain/check-in/verdict.ts'
import { outOfTurnNoteMax } from '../../domain/dispatch/out-of-turn.ts'
import { digestSets } from '../../domain/sync/digest-rows.ts'
import {
  bookingIdField,
  dayField,
  gasField,
  gramsField,
  instantField,
  laneNoField,
  nozzleField,
  paiseField,
  positionNoField,
  priceField,
  uuidText,
  vehicleClassField,
} from '../scalars.ts'
import { millis } from '../../units/time.ts'
import { opCells } from './lease.ts'

/**
 * Bodies of the ledger stream's ops by kind. An op's entity `e` is the thing the kind's first word
 * names (ticket, fill, booking, shift), introduced once per epoch by an `entity` op. Integers only.
 */
const lease = {
  /** Which request of which term it was. */
  term: uuidText,
  fence: z.int().min(1),
  no: z.int().min(1),
  validUntilMs: instantField,
  /** What moved, cell by cell. */
  cells: opCells,
}
const use = { booking: bookingIdField, useNo: z.int().min(1) }

/** Why a vehicle that did not come counts against nobody (product.md 7.7). */
export const noShowExcuses = ['station_late', 'station_down', 'clock_uncertain'] as const
export type NoShowExcuse = (typeof noShowExcuses)[number]

export const ledgerOps = {
  boot: z.object({ boot: z.string(), instance: z.string(), version: z.string() }),
  entity: z.object({ ref: z.int(), type: z.string(), uuid: uuidText }),
  /** First op of an epoch that continues another: which heads it follows (sync.md section 7.5). */
  'epoch.opened': z.object({
    prevEpoch: z.string(),
    heads: z.array(z.object({ stream: z.string(), seq: z.int(), chain: z.string() })),
  }),

  'booking.provisional': z.object({
    booking: bookingIdField.nullable(),
    code: z.string().nullable(),
    windowStartMs: instantField,
    vehicleClass: vehicleClassField,
    plate: z.string().nullable(),
    token: z.string().nullable(),
  }),
  /** The station has the cancel and nobody has come: it is final (product.md 7.3). */
  'booking.cancel_acked': z.object({ booking: bookingIdField, rev: z.int() }),
  /** `excused` is null when nothing at the station excuses it; a node that cannot tell leaves it out. */
  'booking.no_show': z.object({
    booking: bookingIdField,
    clockTrusted: z.boolean(),
    excused: z.enum(noShowExcuses).nullable().optional(),
  }),

  /** Every change of the capacity lease in the cloud's favour, and every one in the station's. */
  'lease.granted': z.object(lease),
  'lease.returned': z.object(lease),
  /** A booking claims capacity under a term that had ended: a person decides. */
  'lease.claim_refused': z.object({
    booking: bookingIdField,
    fence: z.int(),
    currentFence: z.int(),
  }),
  /** Sold at the kiosk from the station's own share. */
  'booking.made': z.object({
    booking: bookingIdField,
    windowStartMs: instantField,
    expiresMs: instantField,
    vehicleClass: vehicleClassField,
    nozzle: nozzleField,
    grams: gasField,
    plate: z.string(),
    retestDay: dayField,
    code: z.string().regex(/^\d{9}$/),
    codeDay: dayField,
    codeSlot: z.int().min(0).max(287),
    codeN: z.int().min(23).max(33),
    pricePaisePerKg: priceField,
    workMilliMinutes: z.int().min(0),
    term: uuidText,
    fence: z.int().min(1),
    cells: opCells,
    by: uuidText,
  }),

  'checkin.claimed': z.object({
    ...use,
    lane: laneNoField,
    verdict: z.enum(['ADMIT', 'LATE']),
    ticket: uuidText,
    rev: z.int(),
    offline: z.boolean(),
    forced: z.boolean(),
    /** What was answered to the booking's prompt, such as an odometer reading. */
    answer: z.string().max(64).nullable().default(null),
  }),
  /** A vehicle drove off past an exit scanner; repeated ones are harmless. */
  'gate.exited': z.object({ booking: bookingIdField, lane: laneNoField }),
  'checkin.released': z.object({
    ...use,
    reason: z.enum(['skip-close', 'void', 'undo', 'leave']),
    /** The ticket that held the use; absent in what older stations wrote. */
    ticket: uuidText.optional(),
  }),
  'checkin.redeemed': z.object({ ...use, fill: uuidText }),

  'scan.failed': z.object({
    verdict: z.enum(verdicts),
    lane: laneNoField,
    source: z.string(),
    rawSha256: z.string(),
    rawBase64: z.string().max(5600),
    booking: bookingIdField.nullable(),
  }),

  'ticket.opened': z.object({
    kind: z.enum(['booked', 'walk-in']),
    number: z.int().nullable(),
    vehicleClass: vehicleClassField,
    nozzles: z.array(nozzleField),
    booking: bookingIdField.nullable(),
    arrivedAtMs: instantField,
  }),
  'ticket.called': z.object({
    position: positionNoField,
    step: z.string(),
    streak: z.int(),
    limit: z.int(),
    staged: z.boolean(),
  }),
  'ticket.call_undone': z.object({ position: positionNoField, by: uuidText }),
  /**
   * Beside the `ticket.called` of a manager's call: who asked, who allowed, why, and whom it passed.
   * A cloud that does not know it still counts the call. The vehicle and the heads carry the label
   * that the kiosk shows; plates leave the station as their last four characters at most.
   */
  'ticket.called_out_of_turn': z.object({
    call: uuidText,
    position: positionNoField,
    staged: z.boolean(),
    /** One of `outOfTurnReasons`; a later station's code is kept as it came. */
    reason: z.string().regex(/^[a-z_]{1,40}$/),
    note: z.string().max(outOfTurnNoteMax).nullable(),
    by: uuidText,
    manager: uuidText,
    kind: z.enum(['booked', 'walk-in']),
    label: z.string().max(16),
    plateEnd: z.string().max(4).nullable(),
    vehicleClass: vehicleClassField,
    /** Heads of the two queues that fit the position, at most one each. */
    passed: z
      .array(
        z.object({
          queue: z.enum(['booked', 'walk-in']),
          ticket: uuidText,
          label: z.string().max(16),
          waitedMs: z.int().min(0),
          windowStartMs: instantField.nullable(),
        }),
      )
      .max(2),
    waitingBooked: z.int().min(0),
    waitingWalkIn: z.int().min(0),
    /** Who had been called there and went back to its place. */
    displaced: uuidText.nullable(),
  }),
  /** Such a call was taken back within its minute. */
  'ticket.out_of_turn_undone': z.object({ call: uuidText, by: uuidText }),
  'ticket.skipped': z.object({ position: positionNoField }),
  'ticket.closed': z.object({ reason: z.string() }),

  /** `corrected`: a manager replaced a mistyped date, with the hash of the plate photo. */
  'vehicle.recorded': z.object({
    plate: z.string(),
    retestDay: dayField,
    by: uuidText,
    corrected: z.boolean().default(false),
    photoSha256: z.string().nullable().default(null),
  }),

  'fill.authorised': z.object({
    position: positionNoField,
    ticket: uuidText,
    command: uuidText,
    limitGrams: gasField,
    pricePaisePerKg: priceField,
    totaliserBeforeGrams: gasField,
  }),
  'fill.voided': z.object({ position: positionNoField, reason: z.string() }),
  'fill.settled': z.object({
    position: positionNoField,
    ticket: uuidText,
    booking: bookingIdField.nullable(),
    grams: gasField,
    amountPaise: paiseField,
    pricePaisePerKg: priceField,
    totaliserBeforeGrams: gasField,
    totaliserAfterGrams: gasField,
    recovered: z.boolean(),
  }),
  'fill.orphan': z.object({
    position: positionNoField,
    grams: gasField,
    totaliserBeforeGrams: gasField,
    totaliserAfterGrams: gasField,
  }),
  'fill.disputed': z.object({
    position: positionNoField,
    grams: gasField,
    totaliserBeforeGrams: gasField,
    totaliserAfterGrams: gasField,
    reason: z.string(),
  }),
  'meter.reset': z.object({
    position: positionNoField,
    lastGrams: gasField,
    nowGrams: gasField,
    differenceGrams: gramsField,
  }),

  'payment.collected': z.object({
    fill: uuidText,
    method: z.enum(['cash', 'upi', 'card']),
    amountPaise: paiseField,
    by: uuidText,
  }),
  'shift.opened': z.object({ attendant: uuidText, openingCashPaise: paiseField }),
  'shift.closed': z.object({
    countedCashPaise: paiseField,
    expectedCashPaise: paiseField,
    fills: z.int(),
    grams: gasField,
    amountPaise: paiseField,
  }),

  /**
   * The station is late: every token of the IST day is valid longer by `delayMs`. Signed by the
   * station's key over `delayText`; only ever more within a day.
   */
  'delay.raised': z.object({
    day: dayField,
    delayMs: z.int().min(0).max(14_400_000).transform(millis),
    fromMs: instantField,
    kid: z.int(),
    /** Ed25519, base64url. */
    sig: z.string().max(120),
  }),

  /** What a comparison of digests found (sync.md section 7.2): the station's word, daily. */
  'proof.made': z.object({
    outcome: z.enum(['equal', 'repaired', 'differs']),
    from: z.int(),
    to: z.int(),
    rows: z.int(),
    drifted: z.int(),
    found: z
      .array(
        z.object({
          set: z.enum(digestSets),
          day: z.int(),
          key: uuidText,
          here: z.string().max(200).nullable(),
          there: z.string().max(200).nullable(),
          mended: z.boolean(),
        }),
      )
      .max(20),
  }),
  /**
   * The station's signature under a day that both sides hold alike (sync.md section 7.4): roots of
   * the digests, what was sold, and the books of every nozzle by its totaliser.
   */
  'day.closed': z.object({
    day: z.int(),
    roots: z
      .array(z.object({ set: z.enum(digestSets), n: z.int(), root: z.string().length(64) }))
      .max(8),
    fills: z.int(),
    grams: gasField,
    amountPaise: paiseField,
    meters: z
      .array(
        z.object({
          position: positionNoField,
          nozzle: z.int(),
          /** Totaliser up to which the books are closed. */
          totaliserGrams: gasField,
          installedGrams: gasField,
          rolledGrams: gramsField,
          settledGrams: gasField,
          orphanGrams: gasField,
          disputedGrams: gasField,
          resetGrams: gramsField,
        }),
      )
      .max(200),
    kid: z.int(),
    /** Ed25519 over `dayText`, base64url. */
    sig: z.string().max(120),
  }),
  gap: z.object({ stream: z.string(), from: z.int(), to: z.int(), count: z.int() }),
} as const

export type LedgerOpKind = keyof typeof ledgerOps
export type LedgerOpBody<K extends LedgerOpKind> = z.output<(typeof ledgerOps)[K]>

/** Facts the cloud may flag but never reject: gas has moved or a person has acted on the ground. */
export const physicalKinds: ReadonlySet<LedgerOpKind> = new Set([
  'booking.made',
  'checkin.claimed',
  'checkin.redeemed',
  'fill.authorised',
  'fill.voided',
  'fill.settled',
  'fill.orphan',
  'fill.disputed',
  'meter.reset',
  'payment.collected',
])
