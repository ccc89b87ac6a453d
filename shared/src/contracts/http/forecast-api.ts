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
    skill: z.number(),
    rows: z.int(),
  }),
})

/** GET /v1/forecast/models → 200, newest first. */
export const modelCards = z.object({ models: z.array(modelCard) })

/** POST /v1/forecast/rollback → 204; 404 where no retired model has this version. */
export const rollBackTo = z.object({ version: z.int().min(1) })

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
export type ModelOfferWire = z.output<typeof modelOffer>
