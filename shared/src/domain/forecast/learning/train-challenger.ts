import { err, ok, type Result } from '../../../faults/result.ts'
import { present } from '../../../faults/assert.ts'
import { instant, type Instant } from '../../../units/time.ts'
import { foldsOf } from '../backtest/folds.ts'
import { forecastRun, type Fitting, type ForecastRun } from '../backtest/forecast-run.ts'
import { prepare, type Prepared } from '../backtest/prepare.ts'
import { buildBundle, type BundleFacts, type UnsignedBundle } from '../bundle/build-bundle.ts'
import { modelOutputs } from '../onnx/forecast-model.ts'
import { tableOf, type RowSet } from '../pool/training-set.ts'
import { pooledShapes } from '../serving/pooled-profile.ts'
import { runTrees } from '../serving/run-trees.ts'
import {
  demandTables,
  demandTargets,
  quarterMs,
  quartersPerDay,
  quarterStart,
  usualOf,
  valueOf,
  type StationCounts,
} from '../serving/station-demand.ts'
import { pickRows } from '../trees/feature-table.ts'
import { demandCounts } from './censored-history.ts'
import { featureEffects, type FeatureEffect } from './feature-effects.ts'
import type { GateVerdict } from './gate.ts'
import { holdOutMs, type Contest } from './judge-candidate.ts'
import { watchedNames, watchInputs, type WatchedInput } from './watched-inputs.ts'
import {
  countsBefore,
  type AnsweredRows,
  type RunnableModel,
  type StationHistory,
} from './weeks-of-models.ts'

export type TrainingAsk = {
  readonly stations: readonly StationHistory[]
  readonly now: Instant
  readonly champion: RunnableModel | undefined
  readonly facts: Omit<BundleFacts, 'usual' | 'createdAt' | 'incumbentBacktest' | 'profile'>
  readonly seed: number
}

/** What is kept with a model beside its bytes. */
export type ModelNotes = {
  readonly effects: readonly FeatureEffect[]
  readonly inputs: readonly WatchedInput[]
}

/** A model that was trained and is still to be measured and judged. */
export type Candidate = {
  readonly bundle: UnsignedBundle
  readonly notes: ModelNotes
  readonly contest: Contest
  /** The rows of the back-test, as the trainer answers them. */
  readonly backTested: AnsweredRows
}

export type Challenger = {
  readonly bundle: UnsignedBundle
  readonly notes: ModelNotes
  readonly verdict: GateVerdict
}

export type TrainingNo = { readonly code: 'too_short' | 'span_too_long' }

/** Days a station must have recorded before the hold-out; the trainer's own least is four weeks. */
const learnedDaysMin = 35
/** Rows one training takes: the limit of the trainer's time and memory. */
const rowsMax = 100_000
/**
 * Stations one training takes, those with the longest record: more would leave each too few days.
 * The others use the model too, in parts of their own usual quarter.
 */
const stationsMax = 9

/**
 * Trains one model over all stations on what lies before the hold-out: what is promoted later is
 * what is judged on it. Yields the work of fitting; needs no clock, no disk and no chance of its own.
 */
export function* trainChallenger(
  ask: TrainingAsk,
  prepared = (_training: RowSet): void => undefined,
): Fitting<Result<Candidate, TrainingNo>> {
  const cut = quarterStart(instant(ask.now - holdOutMs))
  const ready = preparedBefore(ask, cut)
  if (!ready.ok) return ready
  const { rows, own, stations } = ready.value
  prepared(rows.training)
  const run = yield* forecastRun(rows, ask.seed)
  if (run.learned === undefined) return err({ code: 'too_short' })
  const usual = own.flatMap((one) => demandTargets.map((target) => one.usual[target]))
  const bundle = buildBundle(
    { prepared: rows, run },
    {
      ...ask.facts,
      ...{ createdAt: ask.now, usual, profile: pooledShapes(rows.laid.grids, own) },
      incumbentBacktest: ask.champion?.manifest.backtest ?? null,
    },
  )
  const { manifest } = present(bundle, 'the bundle of a learned model')
  const outputs = modelOutputs(run.learned.members, run.combination)
  const table = tableOf(rows.training, run.learned.scale)
  return ok({
    bundle: present(bundle, 'a bundle'),
    notes: {
      effects: featureEffects(outputs, table),
      inputs: watchInputs(table, watchedNames(manifest)),
    },
    contest: { stations, model: { manifest, outputs }, champion: ask.champion, cut },
    backTested: backTestedRows(rows, run),
  })
}

/** All rows the choice was made on, with the answers of what was chosen. */
function backTestedRows(
  { training }: Prepared,
  { learned, combination }: ForecastRun,
): AnsweredRows {
  const { members, scale } = present(learned, 'a learned model')
  const judged = Int32Array.from(foldsOf(training).flatMap(({ rows }) => [...rows]))
  const table = pickRows(tableOf(training, scale), judged)
  return { table, answers: runTrees(modelOutputs(members, combination), table) }
}

type Ready = {
  readonly rows: Prepared
  readonly own: readonly StationCounts[]
  readonly stations: readonly StationHistory[]
}

function preparedBefore({ stations, seed }: TrainingAsk, cut: Instant): Result<Ready, TrainingNo> {
  const long = stations
    .filter(({ counts }) => countsBefore(counts, cut).length >= learnedDaysMin * quartersPerDay)
    .toSorted((a, b) => b.counts.length - a.counts.length || a.station - b.station)
    .slice(0, stationsMax)
  if (long.length === 0) return err({ code: 'too_short' })
  const each = Math.floor(rowsMax / (long.length * demandTargets.length))
  const own = long.map(({ station, counts }) => {
    const learned = countsBefore(counts, cut).slice(-each)
    return { station, counts: learned, usual: usualOf(learned) }
  })
  const rows = prepare({ ...demandTables(own, cut), stepMs: quarterMs }, seed)
  if (!rows.ok) return rows
  return ok({ rows: withDemand(rows.value, own, long), own, stations: long })
}

/**
 * The same rows with what wanted to come as target. Features stay what was recorded, because the
 * station that asks the model later knows no more.
 */
function withDemand(
  rows: Prepared,
  own: readonly StationCounts[],
  histories: readonly StationHistory[],
): Prepared {
  const { training } = rows
  const demand = own.map(({ counts }, at) => {
    const { unmet } = present(histories[at], 'the history of a station')
    const held = demandCounts(counts, unmet).filter(({ start }) => unmet.has(start))
    return new Map(held.map((count) => [Number(count.start), count]))
  })
  const target = training.target.map((value, row) => {
    const series = training.series[row]!
    const station = Math.floor(series / demandTargets.length)
    const what = demandTargets[series % demandTargets.length]!
    const count = demand[station]?.get(training.at[row]!)
    return count === undefined ? value : valueOf(count, what) / own[station]!.usual[what]
  })
  return { ...rows, training: { ...training, target } }
}
