import { z } from 'zod'
import {
  bookingIdField,
  gasField,
  instantField,
  isoDateField,
  nozzleField,
  paiseField,
  plateText,
  priceField,
  stationNoField,
  uuidText,
  vehicleClassField,
} from '../scalars.ts'

/** The cloud's API for drivers and operators. Every write takes an `Idempotency-Key`. */

/** Indian mobile number in E.164. */
export const phoneField = z.string().regex(/^\+91[6-9]\d{9}$/)

/** POST /v1/auth/otp → 202 always, so that nobody learns who is known; 429 rate_limited. */
export const otpRequest = z.object({
  phone: phoneField,
  language: z.enum(['en', 'hi']).default('en'),
})

/** POST /v1/auth/verify → 200 `driver` and cookie `baari_driver`; 401 otp_wrong, otp_expired. */
export const otpVerify = z.object({ phone: phoneField, code: z.string().regex(/^\d{6}$/) })

export const vehicle = z.object({
  id: uuidText,
  plate: z.string(),
  vehicleClass: vehicleClassField,
  nozzle: nozzleField,
  retestValidUntil: isoDateField,
})

/** POST /v1/vehicles → 201 vehicle; 422 plate_invalid. */
export const vehicleRequest = z.object({
  plate: plateText,
  vehicleClass: vehicleClassField,
  nozzle: nozzleField.default('ngv1'),
  retestValidUntil: isoDateField,
})

/** GET /v1/me → 200; 401 not_signed_in. */
export const driver = z.object({ id: uuidText, phone: z.string(), vehicles: z.array(vehicle) })

/** What a station told last of itself, and what the cloud knows of it; null where nothing is known. */
export const stationLive = z.object({
  /** Of a walk-in of class auto that comes now: the median, and what nine in ten wait at most. */
  wait: z.object({ medianMin: z.int().min(0), p90Min: z.int().min(0) }).nullable(),
  /** When the station was last heard; `stale` past five minutes. */
  asOfMs: instantField.nullable(),
  stale: z.boolean(),
  line: z.object({ booked: z.int().min(0), walkIns: z.int().min(0) }).nullable(),
  positions: z.object({ working: z.int().min(0), all: z.int().min(0) }).nullable(),
  /** Share of a full cylinder that the pressure gives now. */
  fillPercent: z.int().min(0).max(100).nullable(),
  /** How late windows that begin today may start. */
  delayMin: z.int().min(0),
  /** No gas until then. */
  cutUntilMs: instantField.nullable(),
})
export type StationLive = z.output<typeof stationLive>

export const nothingKnown: StationLive = {
  ...{ wait: null, asOfMs: null, stale: true, line: null, positions: null, fillPercent: null },
  ...{ delayMin: 0, cutUntilMs: null },
}

/** GET /v1/stations → 200, public. */
export const stationList = z.object({
  stations: z.array(
    z.object({
      no: stationNoField,
      name: z.string(),
      address: z.string(),
      pricePaisePerKg: priceField,
      nextFreeMs: instantField.nullable(),
      open: z.boolean(),
      live: stationLive.default(nothingKnown),
    }),
  ),
})

/** GET /v1/stations/:no/windows?class=auto&from=ms → 200, the next 24 h in ten-minute windows. */
export const windowList = z.object({
  station: stationNoField,
  /** False while the station lends the cloud no capacity: then every window reads full. */
  lent: z.boolean().default(true),
  /** Share of a full cylinder that the pressure gives now; null when the station does not say. */
  fillPercent: z.int().min(0).max(100).nullable().default(null),
  windows: z.array(
    z.object({
      startMs: instantField,
      endMs: instantField,
      state: z.enum(['free', 'few', 'full']),
      expectedWaitMin: z.int().nullable(),
    }),
  ),
})

export const bookingStates = [
  'waitlisted',
  'held',
  'expiring',
  'expired',
  'active',
  'confirmed',
  'checked_in',
  'filling',
  'completed',
  'part_filled',
  'no_show',
  'cancel_pending',
  'cancelled',
] as const

export const booking = z.object({
  id: bookingIdField,
  station: stationNoField,
  stationName: z.string(),
  state: z.enum(bookingStates),
  rev: z.int(),
  windowStartMs: instantField,
  windowEndMs: instantField,
  /** End of the token, the station's delay included: it only ever moves later by itself. */
  expiresMs: instantField,
  /** How much later the station said its windows may start. */
  delayMin: z.int().min(0).default(0),
  leaveByMs: instantField.nullable(),
  plate: z.string(),
  vehicleClass: vehicleClassField,
  grams: gasField,
  /** What of it the pressure gives now, within an hour of the window; null when it is the whole. */
  expectedGrams: gasField.nullable().default(null),
  payment: z.enum(['pump']),
  pricePaisePerKg: priceField,
  /** `BAARI1:...` for the QR, and nine digits; present while the booking can be used. */
  token: z.string().nullable(),
  code: z.string().nullable(),
  holdUntilMs: instantField.nullable(),
  /** Another window that waits for the driver's answer. */
  retime: z
    .object({
      windowStartMs: instantField,
      windowEndMs: instantField,
      untilMs: instantField,
      cause: z.enum(['capacity', 'late', 'supply']),
    })
    .nullable()
    .default(null),
  fills: z.array(
    z.object({
      grams: gasField,
      amountPaise: paiseField,
      atMs: instantField,
      /** Null in a ticket that a phone kept from before. */
      fill: uuidText.nullable().default(null),
      /** Stars the driver gave for it. */
      stars: z.int().min(1).max(5).nullable().default(null),
    }),
  ),
})

/**
 * POST /v1/bookings → 201 booking, active at once (pay at pump needs no hold);
 * 409 window_full with three alternatives, vehicle_has_booking; 422 retest_expired, window_past.
 */
export const bookingRequest = z.object({
  station: stationNoField,
  windowStartMs: instantField,
  vehicle: uuidText,
  grams: gasField,
  payment: z.enum(['pump']).default('pump'),
})

/**
 * POST /v1/waitlist (same body) → 201 booking in state waitlisted; 409 vehicle_has_booking.
 * POST /v1/bookings/:id/offer → 200 booking, active when accepted; 409 offer_over, window_full.
 */
export const offerAnswer = z.object({ answer: z.enum(['accept', 'snooze', 'leave']) })

/** POST /v1/bookings/:id/retime → 200 booking, in the other window when accepted; 409 offer_over, window_full. */
export const retimeAnswer = z.object({ answer: z.enum(['accept', 'decline']) })

/**
 * POST /v1/bookings/:id/late → 200 booking, with an offer in `retime` when the vehicle will be more
 * than five minutes outside its window: `LATE 20` is twenty minutes after the window's start.
 */
export const lateNotice = z.union([
  z.object({ minutes: z.int().min(1).max(120) }),
  z.object({ arrivalMs: instantField }),
])

/* POST /v1/holds (same body) → 201 booking in state held; POST /v1/holds/:id/confirm → 200; DELETE /v1/holds/:id → 204. */

/** GET /v1/bookings?limit&cursor → 200; GET /v1/bookings/:id; POST /v1/bookings/:id/cancel → 200 booking. */
export const bookingPage = z.object({
  bookings: z.array(booking),
  nextCursor: z.string().nullable(),
})

/** POST /v1/lots (a booking's body, window in a peak hour) → 201; 409 lot_closed, lot_entered. */
export const lotEntry = z.object({ id: uuidText, hourMs: instantField, drawAtMs: instantField })

/** GET /v1/stations/:no/lots/:hourMs → 200, public: hash of the seed, and all of it once drawn. */
export const lotResult = z.object({
  seedHash: z.string(),
  seed: z.string().nullable(),
  drawnAtMs: instantField.nullable(),
  entries: z.array(
    z.object({
      id: uuidText,
      place: z.int().nullable(),
      result: z.enum(['won', 'lost', 'refused']).nullable(),
    }),
  ),
})

/** POST /v1/stations/:no/supply-cut → 200, the station's one open incident; DELETE → 204. */
export const supplyCutRequest = z.object({ untilMs: instantField })
export const supplyCut = z.object({
  id: uuidText,
  fromMs: instantField,
  untilMs: instantField,
})

/** POST /v1/operator/sign-in → 200 and cookie `baari_operator`; 401. */
export const operatorSignIn = z.object({ email: z.email(), password: z.string().min(8).max(128) })

/** GET /v1/operator/stations/:no/ledger → 200: what the uplink has applied, to compare with the node. */
export const stationLedger = z.object({
  station: stationNoField,
  epoch: z.string().nullable(),
  streams: z.array(z.object({ stream: z.string(), seq: z.int(), chain: z.string() })),
  fills: z.int(),
  grams: gasField,
  amountPaise: paiseField,
  orphanGrams: gasField,
  checkIns: z.int(),
  failedScans: z.int(),
  walkIns: z.int(),
  deadLetters: z.int(),
  exceptions: z.int(),
})

/** GET /v1/operator/stations/:no/sales?limit&cursor → 200, newest first. */
export const salePage = z.object({
  sales: z.array(
    z.object({
      fill: uuidText,
      booking: uuidText.nullable(),
      position: z.int(),
      grams: gasField,
      amountPaise: paiseField,
      flag: z.string(),
      settledAtMs: instantField,
    }),
  ),
  nextCursor: z.string().nullable(),
})

export type Booking = z.output<typeof booking>
export type LotEntry = z.output<typeof lotEntry>
export type LotResult = z.output<typeof lotResult>
export type Driver = z.output<typeof driver>
export type Vehicle = z.output<typeof vehicle>
export type StationLedger = z.output<typeof stationLedger>
export type WindowList = z.output<typeof windowList>
export type StationList = z.output<typeof stationList>
