import { z } from 'zod'
import { instantField, uuidText } from '../scalars.ts'

/** Operators' door to the forecast models: a training and how far it is, the models, the way back. */

/** POST /api/retrain-model → 202; GET /v1/forecast/trainings/:id → 200; 404. */
export const training = z.object({
  id: uuidText,
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  askedBy: z.string(),
  askedAtMs: instantField,
  startedAtMs: instantField.nullable(),
  endedAtMs: instantField.nullable(),
  /** Models fitted so far, and in all; 0 before it is known. */
  stepsDone: z.int(),
  steps: z.int(),
  version: z.int().nullable(),
  /** Why there is no model. */
  reason: z.string().nullable(),
})

const featureEffect = z.object({
  name: z.string(),
  spread: z.number(),
  points: z.array(z.object({ at: z.number(), answer: z.number() })),
})

/** GET /v1/forecast/trainings → 200, newest first. */
export const trainings = z.object({ trainings: z.array(training) })

/** A model's card: what it was trained on, how it did, and why it may or may not serve. */
export const modelCard = z.object({
  version: z.int(),
  state: z.enum(['rejected', 'shadow', 'in_service', 'retired']),
  trainedAtMs: instantField,
  trainedFromMs: instantField,
  trainedToMs: instantField,
  rowCount: z.int(),
  stations: z.int(),
  dataOrigin: z.enum(['recorded', 'synthetic']),
  backtest: z.object({
    mae: z.number(),
    naiveMae: z.number(),
    pinballSum: z.number(),
    cover: z.number(),
  }),
  verdict: z.object({
    passes: z.boolean(),
    reasons: z.array(z.string()),
    gain: z.object({ mean: z.number(), low: z.number() }),
    cover: z.number(),
    /** The same where outcomes come in steps; a model of an older release has none. */
    stepCover: z.number().optional(),
    skill: z.number(),
    rows: z.int(),
    /** In the runtime stations use; a model of an older release has none. */
    measured: z
      .object({
        parityWrong: z.int(),
        parityRows: z.int(),
        weekMs: z.number(),
        loadMs: z.number(),
      })
      .optional(),
  }),
  /** Partial dependence of the features that move it most, the largest first. */
  effects: z.array(featureEffect),
  /** Who put it in service, the newest first. */
  orders: z.array(
    z.object({
      kind: z.enum(['promote', 'roll_back']),
      replaces: z.int().nullable(),
      by: z.string(),
      atMs: instantField,
    }),
  ),
})

/** What is kept with a model beside its bytes. */
export const modelNotes = z.object({
  effects: z.array(featureEffect),
  inputs: z.array(z.object({ name: z.string(), sample: z.array(z.number()), missing: z.number() })),
})

/** GET /v1/forecast/models → 200, newest first. */
export const modelCards = z.object({ models: z.array(modelCard) })

/** POST /v1/forecast/rollback → 204; 404 where no retired model has this version. */
export const rollBackTo = z.object({ version: z.int().min(1) })

const localDay = z.iso.date()
const quarterBand = z.object({
  mean: z.number(),
  q10: z.number(),
  q50: z.number(),
  q90: z.number(),
})
const perTarget = z.enum(['walkInWork', 'arrivals', 'kilograms'])

/** Quarter hours that follow each other, as they were forecast a day before, and what came. */
const shownBands = z.object({
  fromMs: instantField,
  /** Null where nothing was forecast. */
  bands: z.array(quarterBand.nullable()),
  /** Null where nothing was recorded. */
  came: z.array(z.number().nullable()),
})

const trendOf = z.object({
  /** Mean a day of the latest four weeks. */
  perDay: z.number(),
  /** Latest 28 days by the 28 before, weekday by weekday; null below eight weeks. */
  ratio: z.number().nullable(),
  /** Share a week the robust line rises by. */
  slope: z.number().nullable(),
  /** Two-sided chance that a series without a trend looks like it. */
  p: z.number().nullable(),
  /** Means a day, week by week, the oldest first. */
  weeks: z.array(z.object({ day: localDay, perDay: z.number() })),
})

/** GET /v1/forecast/report?station=N&target=T → 200; 404. */
export const forecastReport = z.object({
  nowMs: instantField,
  station: z.int(),
  target: perTarget,
  /** Stations with forecasts, by name. */
  stations: z.array(z.object({ station: z.int(), name: z.string() })),
  shown: shownBands,
  /** By days ahead over the last four weeks: mean errors a quarter hour, and the share covered. */
  horizons: z.array(
    z.object({
      lead: z.int().min(1).max(7),
      days: z.int(),
      mae: z.number(),
      naiveMae: z.number(),
      cover: z.number(),
      basis: z.string(),
    }),
  ),
  alarms: z.array(
    z.object({
      /** Null: the model as a whole. */
      station: z.int().nullable(),
      version: z.int(),
      kind: z.string(),
      since: localDay,
      closedAtMs: instantField.nullable(),
    }),
  ),
  eventDays: z.array(
    z.object({
      station: z.int().nullable(),
      day: localDay,
      note: z.string(),
      by: z.string(),
    }),
  ),
  trend: z.object({ kilograms: trendOf, visits: trendOf }),
})

/** POST /v1/forecast/event-days → 204: a day nobody's forecast is judged by. Null: every station. */
export const markEventDay = z.object({
  station: z.int().min(1).max(9_999).nullable(),
  day: localDay,
  note: z.string().trim().min(3).max(200),
})

/** POST /v1/forecast/event-days/remove → 204; 404 where the day was not marked. */
export const unmarkEventDay = markEventDay.omit({ note: true })

/** GET /v1/model?current=N of a station → 200, or 204 when it has the one in service. */
export const modelOffer = z.object({
  manifest: z.string().max(65_536),
  signature: z.base64(),
  model: z.base64(),
  golden: z.base64(),
  rollback: z.object({ order: z.string().max(1_000), signature: z.base64() }).nullable(),
})

export type Training = z.output<typeof training>
export type ModelCard = z.output<typeof modelCard>
export type ForecastReport = z.output<typeof forecastReport>
export type Trend = z.output<typeof trendOf>
export type ModelOfferWire = z.output<typeof modelOffer>
