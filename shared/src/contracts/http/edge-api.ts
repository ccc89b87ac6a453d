import { z } from 'zod'
import {
  attendantIdField,
  fillIdField,
  gasField,
  instantField,
  isoDateField,
  laneNoField,
  paiseField,
  plateText,
  positionNoField,
  priceField,
  shiftIdField,
  ticketIdField,
  uuidText,
  vehicleClassField,
} from '../scalars.ts'
import { outOfTurnNoteMax, outOfTurnReasons } from '../../domain/dispatch/out-of-turn.ts'
import { callReason, ticketView } from '../live/station-view.ts'

/**
 * The node's API on the station's LAN. Every write needs an `Idempotency-Key` header, the node's
 * own Origin and a signed-in attendant (cookie `baari_attendant`, SameSite=Strict), sign-in aside.
 */

export const roles = ['attendant', 'manager'] as const

/** GET /v1/attendants: names to choose from before the PIN. */
export const attendantList = z.object({
  attendants: z.array(z.object({ id: attendantIdField, name: z.string(), role: z.enum(roles) })),
})

/** POST /v1/sign-in → 200 `me`; 401 wrong_pin; 423 pin_locked with facts.untilMs. */
export const signInRequest = z.object({
  attendant: attendantIdField,
  pin: z.string().regex(/^\d{4,8}$/),
})

/** GET /v1/me → 200, or 401 not_signed_in. */
export const me = z.object({
  attendant: z.object({ id: attendantIdField, name: z.string(), role: z.enum(roles) }),
  signedInAtMs: instantField,
})

/**
 * POST /v1/scans → 200 ScanView. A text the kiosk read itself (`camera`, also by a scanner that types
 * like a keyboard), or nine digits from the keypad. Only a lane's own line says `scanner`.
 */
export const scanRequest = z.object({
  source: z.enum(['camera', 'keypad']),
  lane: laneNoField,
  text: z.string().min(1).max(4096),
  /** Opens CODE_LOCKED: the manager's PIN, for this scan only. */
  managerPin: z.string().optional(),
  /** Answer to AMBIGUOUS: the plate chosen; to PROMPT: the answer. */
  plate: plateText.optional(),
  answer: z.string().max(64).optional(),
})

/** POST /v1/scans/:id/undo → 204; 409 undo_too_late, undo_after_gas. */

/** POST /v1/walk-ins → 201. Plate and re-test date may follow before the fill. */
export const walkInRequest = z.object({
  vehicleClass: vehicleClassField,
  plate: plateText.optional(),
  retestValidUntil: isoDateField.optional(),
})

export const walkInAnswer = z.object({
  ticket: ticketView,
  number: z.int(),
  wait: z.object({ medianMs: z.int(), p90Ms: z.int() }),
  /** What the pressure gives of the class's usual fill; null when it is the whole. */
  expectedGrams: gasField.nullable().default(null),
  /** No gas until then; the number stays good. */
  cutUntilMs: instantField.nullable().default(null),
})

/** GET /v1/windows?class=auto → 200: what the kiosk may promise from the station's own share. */
export const kioskWindows = z.object({
  /** False while the cloud has acknowledged no lease term: no window is sold here. */
  selling: z.boolean(),
  /** No gas until then: no window before it is sold. */
  cutUntilMs: instantField.nullable().default(null),
  windows: z.array(
    z.object({
      startMs: instantField,
      endMs: instantField,
      state: z.enum(['free', 'few', 'full']),
    }),
  ),
})

/**
 * POST /v1/bookings → 201; 409 window_full (offer a walk-in number), no_own_share, supply_cut,
 * vehicle_has_booking; 422 retest_missing, retest_expired, window_past, window_unknown.
 */
export const kioskSale = z.object({
  windowStartMs: instantField,
  vehicleClass: vehicleClassField,
  plate: plateText,
  retestValidUntil: isoDateField.optional(),
})

export const kioskBooking = z.object({
  booking: uuidText,
  windowStartMs: instantField,
  windowEndMs: instantField,
  plate: z.string(),
  /** Text of the QR, and nine digits for whoever has no paper. */
  token: z.string(),
  code: z.string(),
})

/** POST /v1/tickets/:id/details → 200 ticketView. First visit: given once, with the attendant's name. */
export const ticketDetails = z.object({ plate: plateText, retestValidUntil: isoDateField })

/** POST /v1/tickets/:id/skip, /back, /leave → 200 ticketView. */

/** POST /v1/calls/:ticketId/undo → 204; 409 undo_too_late, undo_after_gas. */

/**
 * POST /v1/positions/:no/ready → 202. The attendant's deliberate act: the vehicle stands at the
 * position and may be filled. Valid 60 s; the authorise follows when a vehicle is called there.
 */
export const readyRequest = z.object({ limitGrams: gasField.optional() })

/** POST /v1/positions/:no/stop, /close {reason}, /open → 202. */
/**
 * POST /v1/safety/reset → 204: the manual reset after an all-stop; 409 interlock_open while the
 * cause is still there. It starts nothing.
 */

const managerPin = z.string().regex(/^\d{4,8}$/)

/**
 * POST /v1/positions/:no/clear-meter → 204: a manager has looked at a meter that went back (D02);
 * 409 meter_not_frozen when none waits for that. `note` says what was found.
 */
export const clearMeterRequest = z.object({ managerPin, note: z.string().trim().min(1).max(200) })

/** Longest photo in bytes; the kiosk scales a picture down until it fits. */
export const photoBytesMax = 524_288

/**
 * POST /v1/vehicles/correct → 200: a manager replaces a mistyped re-test date, with a photo (JPEG)
 * of the plate on the cylinder. It corrects what was typed; a date that is over stays a no.
 */
export const correctVehicleRequest = z.object({
  plate: plateText,
  retestValidUntil: isoDateField,
  managerPin,
  photoBase64: z.base64().max(4 * Math.ceil(photoBytesMax / 3)),
})
export const correctedVehicle = z.object({
  plate: z.string(),
  retestValidUntil: isoDateField,
  photoSha256: z.string(),
})

/**
 * POST /v1/tickets/:id/out-of-turn → 200: a manager sends a waiting vehicle to a position before the
 * others. 409 position_busy while somebody stands there; 422 note_missing for `other` without words.
 */
export const outOfTurnRequest = z.object({
  position: positionNoField,
  reason: z.enum(outOfTurnReasons),
  note: z.string().trim().max(outOfTurnNoteMax).optional(),
  managerPin,
})
export const outOfTurnAnswer = z.object({
  ticket: ticketView,
  position: positionNoField,
  /** True: its turn comes when the fill that runs there ends. */
  staged: z.boolean(),
})

export const closeRequest = z.object({ reason: z.string().min(1).max(200) })

export const fillRecord = z.object({
  id: fillIdField,
  position: positionNoField,
  ticket: ticketIdField.nullable(),
  label: z.string(),
  state: z.string(),
  grams: gasField,
  limitGrams: gasField,
  pricePaisePerKg: priceField,
  amountPaise: paiseField,
  totaliserBeforeGrams: gasField,
  totaliserAfterGrams: gasField.nullable(),
  flag: z.enum(['none', 'recovered', 'orphan', 'dispute']),
  collected: z.boolean(),
  startedAtMs: instantField,
  settledAtMs: instantField.nullable(),
})

/** GET /v1/fills?limit=50&cursor= → 200, newest first. */
export const fillPage = z.object({ fills: z.array(fillRecord), nextCursor: z.string().nullable() })

/** POST /v1/fills/:id/payments → 201. Paid at the pump: what was taken and how. */
export const collectRequest = z.object({
  method: z.enum(['cash', 'upi', 'card']),
  amountPaise: paiseField,
})

/** POST /v1/shifts → 201 (open); POST /v1/shifts/current/close → 200. */
export const openShiftRequest = z.object({ openingCashPaise: paiseField })
export const closeShiftRequest = z.object({ countedCashPaise: paiseField })
export const shiftRecord = z.object({
  id: shiftIdField,
  attendant: z.object({ id: attendantIdField, name: z.string() }),
  openedAtMs: instantField,
  closedAtMs: instantField.nullable(),
  openingCashPaise: paiseField,
  countedCashPaise: paiseField.nullable(),
  expectedCashPaise: paiseField,
  fills: z.int(),
  grams: gasField,
  amountPaise: paiseField,
  nozzles: z.array(
    z.object({
      position: positionNoField,
      totaliserOpenGrams: gasField,
      totaliserNowGrams: gasField,
      settledGrams: gasField,
      orphanGrams: gasField,
    }),
  ),
})

/**
 * POST /v1/sync/reopen → 204: a manager opens a link that only a person may open, because another
 * node spoke for this station or the histories differ; 409 link_open when nobody has to.
 */
export const reopenRequest = z.object({ managerPin })

/** GET /v1/sync-status → 200. */
export const syncStatus = z.object({
  linkUp: z.boolean(),
  lastExchangeMs: instantField.nullable(),
  /** State of the uplink; `fenced` and `forked` wait for a person, `alone` has no cloud. */
  uplink: z.string().default('alone'),
  epoch: z.string(),
  streams: z.array(
    z.object({ stream: z.string(), nextSeq: z.int(), ackedSeq: z.int(), chain: z.string() }),
  ),
  unsentOps: z.int(),
  oldestUnsentMs: instantField.nullable(),
  totals: z.object({ fills: z.int(), grams: gasField, amountPaise: paiseField }),
  /** The last comparison of digests with the cloud; null before the first. */
  lastProof: z
    .object({
      atMs: instantField,
      outcome: z.enum(['equal', 'repaired', 'differs']),
      rows: z.int(),
      found: z.array(
        z.object({ set: z.string(), key: z.string(), day: z.int(), mended: z.boolean() }),
      ),
    })
    .nullable()
    .default(null),
  /** Own ops that the cloud did not simply apply, newest first. */
  conflicts: z
    .array(
      z.object({
        seq: z.int(),
        kind: z.string(),
        verdict: z.string(),
        code: z.string(),
        atMs: instantField,
      }),
    )
    .default([]),
})

export type OutOfTurnAnswer = z.output<typeof outOfTurnAnswer>
export type WalkInAnswer = z.output<typeof walkInAnswer>
export type KioskWindows = z.output<typeof kioskWindows>
export type KioskBooking = z.output<typeof kioskBooking>
export type FillRecord = z.output<typeof fillRecord>
export type ShiftRecord = z.output<typeof shiftRecord>
export type SyncStatus = z.output<typeof syncStatus>
export type CorrectedVehicle = z.output<typeof correctedVehicle>
export type Me = z.output<typeof me>

/** Why a vehicle is not yet called: answer of `GET /v1/tickets/{id}/why` (lanes.md section 1). */
export const whyWaiting = z.object({
  ticket: ticketView,
  /** Place in calling order from 1; null for one that is called already or not in line. */
  place: z.int().nullable(),
  rule: z.object({ streak: z.int(), limit: z.int(), oldestWalkInWaitMs: z.int().nullable() }),
  /** Positions that take this vehicle, and how many of them work. */
  positions: z.object({ fitting: z.int(), working: z.int() }),
  /** How many came later and went first. */
  overtakenBy: z.int(),
  /** How many a manager called out of turn meanwhile, whenever they came. */
  outOfTurn: z.int(),
  /** The last twenty of both with the reason on record, newest first. */
  overtakers: z.array(
    z.object({
      label: z.string(),
      kind: z.enum(['booked', 'walk-in']),
      windowStartMs: instantField.nullable(),
      arrivedAtMs: instantField,
      calledAtMs: instantField,
      position: positionNoField,
      reason: callReason,
    }),
  ),
})

export type WhyWaiting = z.output<typeof whyWaiting>
