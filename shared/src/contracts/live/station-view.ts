import { z } from 'zod'
import { verdicts } from '../../domain/check-in/verdict.ts'
import { outOfTurnNoteMax, outOfTurnReasons } from '../../domain/dispatch/out-of-turn.ts'
import {
  fillIdField,
  gasField,
  instantField,
  laneNoField,
  nozzleField,
  paiseField,
  positionNoField,
  priceField,
  stationNoField,
  ticketIdField,
  uuidText,
  vehicleClassField,
} from '../scalars.ts'

/** One vehicle's place in the queue as the attendant sees it. */
export const ticketView = z.object({
  id: ticketIdField,
  kind: z.enum(['booked', 'walk-in']),
  /** `W-57`, or `B 1234` with the last four of the plate. */
  label: z.string(),
  plate: z.string().nullable(),
  vehicleClass: vehicleClassField,
  state: z.enum(['standby', 'waiting', 'staged', 'called', 'skipped', 'filling', 'closed']),
  windowStartMs: instantField.nullable(),
  arrivedAtMs: instantField,
  position: positionNoField.nullable(),
  /** First visit: plate or re-test date still to be entered before gas may flow. */
  needsDetails: z.boolean(),
})

/** Why this vehicle was called: the rule's own record (lanes.md section 1, Explanation). */
export const callReason = z.object({
  step: z.enum([
    'only-queue',
    'early-booking',
    'walk-in-turn',
    'booked-turn',
    'head-of-line',
    'override',
  ]),
  streak: z.int(),
  limit: z.int(),
  oldestWalkInWaitMs: z.int().nullable(),
  /** Only with the step `override`: what the manager told. */
  outOfTurn: z
    .object({
      call: uuidText,
      reason: z.enum(outOfTurnReasons),
      note: z.string().max(outOfTurnNoteMax).nullable(),
    })
    .optional(),
})

/** Answer to one scan: what to show biggest, with the next step. */
export const scanView = z.object({
  id: uuidText,
  atMs: instantField,
  lane: laneNoField,
  source: z.enum(['scanner', 'camera', 'keypad']),
  verdict: z.enum(verdicts),
  signal: z.enum(['go', 'wait', 'stop']),
  /** Values that the verdict's sentence names: other lane, time, new window, station. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  ticket: ticketView.nullable(),
  /** Position to go to when the vehicle was called at once. */
  position: positionNoField.nullable(),
  reason: callReason.nullable(),
  provisional: z.boolean(),
  undoUntilMs: instantField.nullable(),
})

/** Which vehicles a lane is signed for (lanes.md section 1, Lane modes). */
export const laneMode = z.enum(['booked', 'walk-in', 'mixed', 'closed'])

export const positionView = z.object({
  no: positionNoField,
  lane: laneNoField,
  nozzles: z.array(nozzleField),
  state: z.enum([
    'free',
    'called',
    'ready',
    'authorised',
    'filling',
    'finishing',
    'fault',
    'offline',
    'closed',
  ]),
  ticket: ticketView.nullable(),
  staged: ticketView.nullable(),
  reason: callReason.nullable(),
  fill: z
    .object({
      id: fillIdField,
      grams: gasField,
      limitGrams: gasField,
      amountPaise: paiseField,
      pricePaisePerKg: priceField,
      remainingMs: z.int().nullable(),
    })
    .nullable(),
  calledAtMs: instantField.nullable(),
  undoUntilMs: instantField.nullable(),
  /** The same two of the vehicle that waits behind the fill. */
  stagedReason: callReason.nullable().default(null),
  stagedUndoUntilMs: instantField.nullable().default(null),
  fault: z.object({ code: z.string(), text: z.string(), sinceMs: instantField }).nullable(),
  /** A meter that went back waits for a manager. */
  frozen: z.boolean().default(false),
  /** Why the last ready gave no gas; `condition` is a row of the interlocks where one says no. */
  refused: z
    .object({ code: z.string(), condition: z.string().nullable(), atMs: instantField })
    .nullable()
    .default(null),
  /** The alarm stands: nobody is here since then, and a vehicle that fits waits. */
  idleSinceMs: instantField.nullable().default(null),
  /** What the lane's sign says; advice only. */
  mode: laneMode.default('mixed'),
})

/** The last sales, so that the attendant can collect and the driver can see the figure. */
export const saleView = z.object({
  fill: fillIdField,
  position: positionNoField,
  label: z.string(),
  grams: gasField,
  amountPaise: paiseField,
  collected: z.boolean(),
  flag: z.enum(['none', 'recovered', 'orphan', 'dispute']),
  settledAtMs: instantField,
})

/**
 * Everything the kiosk shows: event `view` of `GET /v1/live`, beside `scan` with a ScanView. Sent whole at every change (at most ten a second): a screen that
 * missed an event is right again with the next one.
 */
export const stationView = z.object({
  revision: z.int(),
  atMs: instantField,
  station: z.object({ no: stationNoField, name: z.string() }),
  clock: z.enum(['trusted', 'uncertain']),
  link: z.object({
    up: z.boolean(),
    lastExchangeMs: instantField.nullable(),
    unsentOps: z.int(),
    oldestUnsentMs: instantField.nullable(),
  }),
  gas: z.object({ bankMbar: z.int().nullable(), vehiclesPerHour: z.int().nullable() }).nullable(),
  /** No gas until then, as head office declared. */
  cutUntilMs: instantField.nullable().default(null),
  /**
   * An all-stop that waits for a person. `cause` is a row of the interlocks, null when no longer
   * known; `causeNow` is what still stops the station, null when it may be reset.
   */
  trip: z
    .object({
      cause: z.string().nullable(),
      sinceMs: instantField,
      causeNow: z.string().nullable(),
    })
    .nullable()
    .default(null),
  shift: z.object({ id: uuidText, attendant: z.string(), openedAtMs: instantField }).nullable(),
  positions: z.array(positionView),
  /** The next vehicles in calling order, at most twelve. */
  next: z.array(ticketView),
  /** Missed their call and are to be called again, in order of arrival, at most twelve. */
  missed: z.array(ticketView).max(12).default([]),
  counts: z.object({ booked: z.int(), walkIns: z.int(), standby: z.int() }),
  rule: z.object({ streak: z.int(), limit: z.int(), oldestWalkInWaitMs: z.int().nullable() }),
  /** Honest wait of a walk-in that came now. */
  walkInWait: z.object({ medianMs: z.int(), p90Ms: z.int() }),
  /** Vehicles expected in the coming hours; eight of ten times no fewer than low, no more than high. */
  forecast: z
    .object({
      basis: z.enum(['model', 'seasonal-naive', 'shrunk-profile', 'pooled-profile']),
      hours: z
        .array(z.object({ startMs: instantField, expected: z.int(), low: z.int(), high: z.int() }))
        .max(24),
    })
    .nullable()
    .default(null),
  lastScan: scanView.nullable(),
  sales: z.array(saleView),
})

export type TicketView = z.output<typeof ticketView>
export type CallReason = z.output<typeof callReason>
export type ScanView = z.output<typeof scanView>
export type PositionView = z.output<typeof positionView>
export type SaleView = z.output<typeof saleView>
export type StationView = z.output<typeof stationView>
