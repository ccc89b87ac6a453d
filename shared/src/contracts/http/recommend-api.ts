import { z } from 'zod'
import { ladder } from '../../domain/recommend/slots/ladder-gate.ts'
import { slotReasons } from '../../domain/recommend/slots/slot-reasons.ts'
import { placeCell } from '../../units/place.ts'
import { instantField, priceField, stationNoField, uuidText } from '../scalars.ts'
import { booking, stationLive } from './cloud-api.ts'

/** Recommended slots, arrivals and feedback: what drivers are told and say, and operators see. */

/** A field of a hundredth of a degree, `lat:lon`: no phone says more of where it is. */
export const cellField = z
  .string()
  .max(11)
  .transform((text, context) => {
    const cell = placeCell(text)
    if (cell === undefined) context.addIssue('names no field of the ground')
    return cell ?? z.NEVER
  })

/** POST /v1/recommendations → 200; 404 station_unknown; 409 vehicle_unknown. */
export const recommendationRequest = z.object({
  station: stationNoField,
  vehicle: uuidText,
  /** The window that was wished and is full. */
  wishedMs: instantField.optional(),
  /** Only with the driver's consent. */
  cell: cellField.optional(),
})

export const recommendedSlot = z.object({
  station: stationNoField,
  stationName: z.string(),
  startMs: instantField,
  endMs: instantField,
  reasons: z.array(z.enum(slotReasons)),
  pricePaisePerKg: priceField,
  /** Minutes by road from where the driver is: the median, and what nine in ten need at most. */
  eta: z.object({ medianMin: z.int().min(0), p90Min: z.int().min(0) }).nullable(),
  distanceKm: z.int().min(0).nullable(),
  /** What a walk-in waits there now. */
  wait: stationLive.shape.wait,
})

/** The own station's slots first, then one of each other station. */
export const recommendations = z.object({ slots: z.array(recommendedSlot) })

/** POST /v1/bookings/:id/on-the-way → 200; 409 booking_final. */
export const onTheWayNotice = z.object({ cell: cellField })
export const onTheWayAnswer = z.object({
  booking,
  arrival: z.object({ medianMs: instantField, p90Ms: instantField }).nullable(),
})

/** POST /v1/bookings/:id/feedback → 200 booking; 404 fill_unknown; 409 feedback_given, feedback_over. */
export const fillFeedback = z.object({ fill: uuidText, stars: z.int().min(1).max(5) })

/** GET /v1/operator/stations/:no/feedback → 200: stars of the last 28 days. */
export const stationFeedback = z.object({
  station: stationNoField,
  sinceMs: instantField,
  /** How many gave 1, 2, 3, 4 and 5 stars. */
  byStars: z.array(z.int().min(0)).length(5),
  /** Fills of booked drivers, rated or not: who says nothing is not content by that. */
  fills: z.int().min(0),
  rated: z.int().min(0),
  mean: z.number().nullable(),
  /** Pulled towards three and a half by five ratings: what the ranking uses. */
  shrunk: z.number(),
})

/** PUT /v1/operator/stations/:no/place → 204: where the station is, for distances. */
export const stationPlace = z.object({
  latE6: z.int().min(-90_000_000).max(90_000_000),
  lonE6: z.int().min(-180_000_000).max(180_000_000),
})

/** Which step of the ladder won, on what, and why nothing higher did. */
export const rankerVerdict = z.object({
  served: z.enum(ladder),
  choices: z.int().min(0),
  drivers: z.int().min(0),
  rated: z.int().min(0),
  steps: z.array(
    z.object({
      name: z.enum(ladder),
      hitAt1: z.number(),
      ndcgAt3: z.number(),
      nll: z.number(),
    }),
  ),
  gains: z.array(
    z.object({
      name: z.enum(ladder),
      over: z.enum(ladder),
      mean: z.number(),
      low: z.number(),
      passes: z.boolean(),
    }),
  ),
})

/** GET /v1/forecast/slot-ranker → 200: what ranks slots now; version 0 is the weighted score. */
export const slotRankerCard = rankerVerdict.extend({
  version: z.int().min(0),
  fittedAtMs: instantField.nullable(),
})

export type Recommendations = z.output<typeof recommendations>
export type OnTheWayAnswer = z.output<typeof onTheWayAnswer>
export type SlotRankerCard = z.output<typeof slotRankerCard>
