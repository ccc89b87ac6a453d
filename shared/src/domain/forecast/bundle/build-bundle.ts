import { combined, type Combination, type Judged } from '../backtest/combine.ts'
import type { ForecastRun } from '../backtest/forecast-run.ts'
import type { Prepared } from '../backtest/prepare.ts'
import type { PlanFacts } from '../features/feature-plan.ts'
import { bandOf, stretchOf } from '../interval/conformal.ts'
import { modelOutputs } from '../onnx/forecast-model.ts'
import { writeOnnx } from '../onnx/write-model.ts'
import { coverage, meanAbsolute, pinball } from '../pool/scores.ts'
import { tableOf } from '../pool/training-set.ts'
import { runTrees } from '../serving/run-trees.ts'
import { pickRows } from '../trees/feature-table.ts'
import { instant, type Instant } from '../../../units/time.ts'
import { canonicalJson } from './canonical-json.ts'
import { featureSchemaOf, schemaText } from './feature-schema.ts'
import { goldenOf } from './golden-rows.ts'
import {
  runtimeLevel,
  type Backtest,
  type LearnedSeries,
  type ModelManifest,
  type Recipe,
} from './model-manifest.ts'

/** What the trainer does not know of its model. */
export type BundleFacts = Pick<
  ModelManifest,
  'modelId' | 'version' | 'stationScope' | 'dataOrigin' | 'incumbentBacktest' | 'keyId' | 'profile'
> & {
  readonly createdAt: Instant
  readonly notAfter: Instant
  /** The usual quarter of each series, which its values are parts of, in their order. */
  readonly usual: readonly number[]
  /** SHA-256, hex. */
  readonly hash: (bytes: Uint8Array) => string
}

/** A bundle that is still to be signed. */
export type UnsignedBundle = {
  readonly manifest: ModelManifest
  /** Canonical text of the manifest: what is signed and sent. */
  readonly text: string
  readonly model: Uint8Array
  readonly golden: Uint8Array
}

export type Trained = { readonly prepared: Prepared; readonly run: ForecastRun }

const goldenRowsMax = 48

/** The bundle of a trained model; undefined when the history was too short to learn from. */
export function buildBundle(
  { prepared, run }: Trained,
  facts: BundleFacts,
): UnsignedBundle | undefined {
  const { learned, combination, judged } = run
  if (learned === undefined) return undefined
  const outputs = modelOutputs(learned.members, combination)
  const model = writeOnnx(outputs)
  const table = pickRows(tableOf(prepared.training, learned.scale), goldenRows(prepared))
  const encoder = new TextEncoder()
  const golden = encoder.encode(canonicalJson(goldenOf(table, runTrees(outputs, table))))
  const schema = featureSchemaOf(prepared.plan)
  const times = prepared.training.at
  const manifest: ModelManifest = {
    ...{ modelId: facts.modelId, version: facts.version, stationScope: facts.stationScope },
    ...{ featureSchema: schema, plan: planFactsOf(prepared) },
    featureSchemaHash: facts.hash(encoder.encode(schemaText(schema))),
    series: seriesOf(prepared, combination, facts.usual),
    recipe: recipeOf(run),
    ...{ tz: 'Asia/Kolkata', targetMeasure: 'per quarter hour, by series' },
    ...{ slotMinutes: 15, horizonDays: 7 },
    trainedFromMs: instant(times[0] ?? 0),
    trainedToMs: instant((times[times.length - 1] ?? 0) + prepared.laid.stepMs),
    rowCount: times.length,
    dataOrigin: facts.dataOrigin,
    quantiles: [0.1, 0.5, 0.9],
    conformalOffsets: stretchOf({ ...combined(combination, judged).band, actual: judged.actual }),
    backtest: backtestOf(combination, judged),
    incumbentBacktest: facts.incumbentBacktest,
    sha256: facts.hash(model),
    goldenSha256: facts.hash(golden),
    ...{ createdAtMs: facts.createdAt, notAfterMs: facts.notAfter },
    ...{ minRuntime: runtimeLevel, keyId: facts.keyId },
    ...(facts.profile === undefined ? {} : { profile: facts.profile }),
  }
  return { manifest, text: canonicalJson(manifest), model, golden }
}

/** Spread evenly over the training rows. */
function goldenRows({ training }: Prepared): Int32Array {
  const rows = training.at.length
  const count = Math.min(goldenRowsMax, rows)
  return Int32Array.from({ length: count }, (_, n) => Math.floor((n * rows) / count))
}

function planFactsOf({ plan, laid }: Prepared): PlanFacts {
  const { manySeries, yearSeen, manyLeads } = plan
  const covariates = plan.covariates.map(({ column, lagged }) => ({
    name: laid.columns[column]?.name ?? '',
    lagged,
  }))
  return { manySeries, yearSeen, manyLeads, covariates }
}

function seriesOf(
  { laid, levels }: Prepared,
  { naiveShare }: Combination,
  usual: readonly number[],
): readonly LearnedSeries[] {
  return laid.grids.map(({ name }, at) => ({
    name,
    usual: usual[at] ?? 1,
    level: levels[at] ?? 1,
    naiveShare: naiveShare.get(at) ?? 0,
  }))
}

function recipeOf({ combination, learned }: ForecastRun): Recipe {
  const { middle, mean, low, high, band, rounded, usual } = combination
  return {
    scale: learned?.scale ?? 'plain',
    ...{ middle: Object.fromEntries(middle), mean: Object.fromEntries(mean) },
    ...{ low: Object.fromEntries(low), high: Object.fromEntries(high) },
    ...{ band, rounded, usual },
    forestClasses: [...(learned?.members.get('forest')?.centres ?? [])],
  }
}

/** How the combination did on the outcomes it was chosen on, which its members had not seen. */
function backtestOf(how: Combination, judged: Judged): Backtest {
  const { actual, members } = judged
  const { median, band } = combined(how, judged)
  const { low, high } = bandOf(band, stretchOf({ ...band, actual }))
  const naive = members.middle[0]?.forecast ?? median
  const losses =
    pinball(0.1, actual, low) + pinball(0.5, actual, median) + pinball(0.9, actual, high)
  return {
    rows: actual.length,
    mae: meanAbsolute(actual, median),
    naiveMae: meanAbsolute(actual, naive),
    pinballSum: losses,
    cover: coverage(actual, low, high),
  }
}
