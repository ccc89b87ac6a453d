import { z } from 'zod'
import type {
  Golden,
  ModelManifest,
  RollbackOrder,
} from '../../domain/forecast/bundle/model-manifest.ts'
import { scales } from '../../domain/forecast/pool/training-set.ts'
import { instantField, uuidText } from '../scalars.ts'

/** Files of a forecast model's bundle; strict, because what is not known here is not signed for. */
const hex256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)
const share = z.number().min(0).max(1)
const weights = z.record(z.string().max(40), share)
const name = z.string().min(1).max(80)

const backtest = z.strictObject({
  rows: count,
  mae: z.number().min(0),
  naiveMae: z.number().min(0),
  pinballSum: z.number().min(0),
  cover: share,
})

const plan = z.strictObject({
  manySeries: z.boolean(),
  yearSeen: z.boolean(),
  manyLeads: z.boolean(),
  covariates: z.array(z.strictObject({ name, lagged: z.boolean() })).max(64),
})

const recipe = z.strictObject({
  scale: z.enum(scales),
  middle: weights,
  mean: weights,
  low: weights,
  high: weights,
  band: z.enum(['quantiles', 'spread']),
  rounded: z.boolean(),
  usual: z.number().positive(),
  forestClasses: z.array(z.number()).max(64),
})

const column = z.strictObject({
  name,
  measure: z.enum(['target', 'one']),
  dtype: z.literal('float32'),
  missing: z.literal('nan'),
})

const series = z.strictObject({
  name,
  usual: z.number().positive(),
  level: z.number().positive(),
  naiveShare: share,
})

const pooledShape = z.strictObject({
  usual: z.number().positive(),
  shape: z.array(z.number().min(0)).length(672),
})

const manifest = z.strictObject({
  modelId: uuidText,
  version: z.int().min(1),
  stationScope: z.array(z.int().min(1)).max(512),
  featureSchema: z.array(column).min(1).max(256),
  featureSchemaHash: hex256,
  plan,
  series: z.array(series).min(1).max(1_024),
  recipe,
  tz: z.literal('Asia/Kolkata'),
  targetMeasure: z.literal('per quarter hour, by series'),
  slotMinutes: z.literal(15),
  horizonDays: z.literal(7),
  trainedFromMs: instantField,
  trainedToMs: instantField,
  rowCount: count,
  dataOrigin: z.enum(['recorded', 'synthetic']),
  quantiles: z.tuple([z.literal(0.1), z.literal(0.5), z.literal(0.9)]),
  conformalOffsets: z.strictObject({ down: z.number(), up: z.number() }),
  backtest,
  incumbentBacktest: backtest.nullable(),
  sha256: hex256,
  goldenSha256: hex256,
  createdAtMs: instantField,
  notAfterMs: instantField,
  minRuntime: z.int().min(1),
  keyId: z.int().min(0).max(127),
  profile: z
    .strictObject({ walkInWork: pooledShape, arrivals: pooledShape, kilograms: pooledShape })
    .optional(),
})

const golden = z.strictObject({
  rows: z.array(z.array(z.number().nullable()).max(256)).min(1).max(256),
  outputs: z.record(name, z.array(z.number()).max(65_536)),
})

const rollback = z.strictObject({
  station: z.int().min(1),
  from: z.int().min(1),
  to: z.int().min(1),
  issuedAtMs: instantField,
  keyId: z.int().min(0).max(127),
})

/** Undefined when the value is no manifest. */
export function readManifest(json: unknown): ModelManifest | undefined {
  return manifest.safeParse(json).data
}

export function readGolden(json: unknown): Golden | undefined {
  return golden.safeParse(json).data
}

export function readRollback(json: unknown): RollbackOrder | undefined {
  return rollback.safeParse(json).data
}
