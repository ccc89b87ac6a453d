import type { PlanFacts } from '../features/feature-plan.ts'
import type { Scale } from '../pool/training-set.ts'
import type { PerTarget } from '../serving/station-demand.ts'
import type { Instant } from '../../../units/time.ts'

/** How a forecast did on outcomes it had not seen. */
export type Backtest = {
  readonly rows: number
  readonly mae: number
  /** MAE of seasonal naive (168 h) on the same rows. */
  readonly naiveMae: number
  readonly pinballSum: number
  /** Share of the outcomes between q10 and q90, 0 to 1. */
  readonly cover: number
}

/** One column of the model's input. */
export type FeatureColumn = {
  readonly name: string
  /** `target` is measured as what is forecast; `one` is a bare number. */
  readonly measure: 'target' | 'one'
  readonly dtype: 'float32'
  readonly missing: 'nan'
}

/** A series the model has learned, in the order of its ranks. */
export type LearnedSeries = {
  readonly name: string
  /** Usual value of a quarter hour in its history, as it is measured; above zero. */
  readonly usual: number
  /** Its mean in the training, in usual quarters: about 1. */
  readonly level: number
  /** Share of seasonal naive in its median, 0 to 1. */
  readonly naiveShare: number
}

/** How the answers of the model's outputs make a forecast. */
export type Recipe = {
  readonly scale: Scale
  readonly middle: Readonly<Record<string, number>>
  readonly mean: Readonly<Record<string, number>>
  readonly low: Readonly<Record<string, number>>
  readonly high: Readonly<Record<string, number>>
  readonly band: 'quantiles' | 'spread'
  readonly rounded: boolean
  readonly usual: number
  /** Mean target of each class of the forest's leaves. */
  readonly forestClasses: readonly number[]
}

/**
 * What a bundle says of its model. The signature is over its canonical text, and it holds the
 * hashes of the other files: whoever changes one byte of them is found out (forecasting.md 5).
 */
export type ModelManifest = {
  /** UUID. */
  readonly modelId: string
  /** Rises with every model of a station; an older one needs a signed rollback order. */
  readonly version: number
  /** Numbers of the stations that may use it; empty for every station. */
  readonly stationScope: readonly number[]
  readonly featureSchema: readonly FeatureColumn[]
  /** SHA-256 of the canonical feature schema, hex. */
  readonly featureSchemaHash: string
  readonly plan: PlanFacts
  readonly series: readonly LearnedSeries[]
  readonly recipe: Recipe
  readonly tz: 'Asia/Kolkata'
  readonly targetMeasure: 'per quarter hour, by series'
  readonly slotMinutes: 15
  readonly horizonDays: 7
  readonly trainedFromMs: Instant
  readonly trainedToMs: Instant
  readonly rowCount: number
  /** A model from made data starts a station; its accuracy is never shown as real. */
  readonly dataOrigin: 'recorded' | 'synthetic'
  readonly quantiles: readonly [0.1, 0.5, 0.9]
  /** Start values of the band's correction, from the outcomes of the backtest. */
  readonly conformalOffsets: { readonly down: number; readonly up: number }
  readonly backtest: Backtest
  readonly incumbentBacktest: Backtest | null
  /** SHA-256 of `model.onnx` and `golden.json`, hex. */
  readonly sha256: string
  readonly goldenSha256: string
  readonly createdAtMs: Instant
  readonly notAfterMs: Instant
  /** Least level of the station's forecasting code. */
  readonly minRuntime: number
  /** Number of the signing key in the key set. */
  readonly keyId: number
  /** What the stations it has learned from are like: what a new one starts with. */
  readonly profile?: PerTarget<PooledShape> | undefined
}

/** Weekday × quarter hour of many stations. */
export type PooledShape = {
  /** Mean of the stations' usual quarter, as the target is measured; above zero. */
  readonly usual: number
  /** Parts of the usual quarter, 672 of them; Monday's first quarter is the first. */
  readonly shape: readonly number[]
}

/** Rows of features with what the model answers: shown to the runtime before it serves. */
export type Golden = {
  /** Rows of features; null is missing. */
  readonly rows: readonly (readonly (number | null)[])[]
  /** Answers by output, row after row, all targets of a row together. */
  readonly outputs: Readonly<Record<string, readonly number[]>>
}

/** Level of the forecasting code of this build. */
export const runtimeLevel = 1

/** What the signature is over: a name of its own, so that no other signed text is one of these. */
export function manifestToSign(canonical: string): Uint8Array {
  return new TextEncoder().encode(`baari/model-manifest/1\n${canonical}`)
}

/** A signed word to go back to an older model. It names what it replaces, so it works once. */
export type RollbackOrder = {
  readonly station: number
  readonly from: number
  readonly to: number
  readonly issuedAtMs: Instant
  readonly keyId: number
}

export function rollbackToSign(canonical: string): Uint8Array {
  return new TextEncoder().encode(`baari/model-rollback/1\n${canonical}`)
}
