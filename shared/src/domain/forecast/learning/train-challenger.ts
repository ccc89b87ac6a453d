import { err, ok, type Result } from '../../../faults/result.ts'
import { present } from '../../../faults/assert.ts'
import { instant, type Instant } from '../../../units/time.ts'
import { forecastRun, type Fitting } from '../backtest/forecast-run.ts'
import { prepare, type Prepared } from '../backtest/prepare.ts'
import { buildBundle, type BundleFacts, type UnsignedBundle } from '../bundle/build-bundle.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import { modelOutputs } from '../onnx/forecast-model.ts'
import type { ReadOutput } from '../onnx/read-ensemble.ts'
import type { RowSet } from '../pool/training-set.ts'
import { dayMs } from '../series/demand-table.ts'
import { runTrees } from '../serving/run-trees.ts'
import {
  demandTables,
  demandTargets,
  quarterMs,
  quarterStart,
  quartersPerDay,
  usualOf,
  valueOf,
  type PerTarget,
  type QuarterCount,
} from '../serving/station-demand.ts'
import { weekForecast, type WeekForecast } from '../serving/week-forecast.ts'
import { weekQuestion } from '../serving/week-question.ts'
import { judgeChallenger, type GateVerdict } from './gate.ts'
import { pinballOf, type JudgedRow } from './judged-row.ts'

/** What one station has recorded, oldest first. */
export type StationHistory = {
  readonly station: number
  readonly counts: readonly QuarterCount[]
  /** Local days that are no days to judge a model by. */
  readonly eventDays: ReadonlySet<number>
}

/** A model with its trees: the one in service, or the one that was just trained. */
export type RunnableModel = {
  readonly manifest: ModelManifest
  readonly outputs: readonly ReadOutput[]
}

export type TrainingAsk = {
  readonly stations: readonly StationHistory[]
  readonly now: Instant
  readonly champion: RunnableModel | undefined
  readonly facts: Omit<BundleFacts, 'usual' | 'createdAt' | 'incumbentBacktest'>
  readonly seed: number
  /** Milliseconds a week of one station took; asked after it was computed some times. */
  readonly timed: (work: () => unknown) => number
}

export type Challenger = { readonly bundle: UnsignedBundle; readonly verdict: GateVerdict }

export type TrainingNo = { readonly code: 'too_short' | 'span_too_long' }

/** Hold-out of four weekly origins; what comes before it is learned from. */
const holdOutWeeks = 4
const holdOutMs = holdOutWeeks * 7 * dayMs
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
 * Trains one model over all stations on what lies before the hold-out, and judges it against the
 * model in service on the hold-out: what is promoted later is what was judged. Yields the work of
 * fitting; needs no clock, no disk and no chance of its own.
 */
export function* trainChallenger(
  ask: TrainingAsk,
  prepared = (_training: RowSet): void => undefined,
): Fitting<Result<Challenger, TrainingNo>> {
  const cut = quarterStart(instant(ask.now - holdOutMs))
  const ready = preparedBefore(ask, cut)
  if (!ready.ok) return ready
  const { rows, usual, stations } = ready.value
  prepared(rows.training)
  const run = yield* forecastRun(rows, ask.seed)
  if (run.learned === undefined) return err({ code: 'too_short' })
  const bundle = buildBundle(
    { prepared: rows, run },
    {
      ...ask.facts,
      ...{ createdAt: ask.now, usual },
      incumbentBacktest: ask.champion?.manifest.backtest ?? null,
    },
  )
  const model: RunnableModel = {
    manifest: present(bundle, 'the bundle of a learned model').manifest,
    outputs: modelOutputs(run.learned.members, run.combination),
  }
  const verdict = judgeChallenger(
    stations.flatMap((one) => judgedRows(one, { model, champion: ask.champion, cut })),
    {
      parityWrong: 0,
      weekMs: ask.timed(() => weekAt(present(stations[0], 'a station'), cut, model)),
      origins: originsOutside(ask.champion, cut),
      madeHoldOut: false,
      seed: ask.seed,
    },
  )
  return ok({ bundle: present(bundle, 'a bundle'), verdict })
}

/** Weekly origins the model in service has not learned from either. */
function originsOutside(champion: RunnableModel | undefined, cut: Instant): number {
  const trainedTo = champion?.manifest.trainedToMs ?? 0
  return originsFrom(cut).filter((origin) => origin >= trainedTo).length
}

function originsFrom(cut: Instant): readonly Instant[] {
  return Array.from({ length: holdOutWeeks }, (_, week) => instant(cut + week * 7 * dayMs))
}

function preparedBefore(
  { stations, seed }: TrainingAsk,
  cut: Instant,
): Result<
  {
    readonly rows: Prepared
    readonly usual: readonly number[]
    readonly stations: readonly StationHistory[]
  },
  TrainingNo
> {
  const long = stations
    .filter(({ counts }) => before(counts, cut).length >= learnedDaysMin * quartersPerDay)
    .toSorted((a, b) => b.counts.length - a.counts.length || a.station - b.station)
    .slice(0, stationsMax)
  if (long.length === 0) return err({ code: 'too_short' })
  const each = Math.floor(rowsMax / (long.length * demandTargets.length))
  const own = long.map(({ station, counts }) => {
    const learned = before(counts, cut).slice(-each)
    return { station, counts: learned, usual: usualOf(learned) }
  })
  const rows = prepare({ ...demandTables(own, cut), stepMs: quarterMs }, seed)
  if (!rows.ok) return rows
  const usual = own.flatMap((one) => demandTargets.map((target) => one.usual[target]))
  return ok({ rows: rows.value, usual, stations: long })
}

function before(counts: readonly QuarterCount[], at: Instant): readonly QuarterCount[] {
  return counts.filter(({ start }) => start < at)
}

type Against = {
  readonly model: RunnableModel
  readonly champion: RunnableModel | undefined
  readonly cut: Instant
}

/** Every quarter of the hold-out that was recorded, as both models saw it from its origin. */
function judgedRows(
  history: StationHistory,
  { model, champion, cut }: Against,
): readonly JudgedRow[] {
  const byStart = new Map(history.counts.map((count) => [count.start, count]))
  const scale = usualOf(before(history.counts, cut))
  return originsFrom(cut).flatMap((origin) => {
    if (origin < (champion?.manifest.trainedToMs ?? 0)) return []
    const theirs = weekAt(history, origin, champion)
    const ours = weekAt(history, origin, model)
    if (theirs === undefined || ours === undefined) return []
    return rowsOfWeek({ history, byStart, scale, origin, theirs, ours })
  })
}

/** The week from `origin` by a model, or by seasonal naive without one. */
function weekAt(
  { station, counts }: StationHistory,
  origin: Instant,
  model: RunnableModel | undefined,
): WeekForecast | undefined {
  const past = before(counts, origin).slice(-56 * quartersPerDay)
  const asked = weekQuestion({ station, now: origin, counts: past, manifest: model?.manifest })
  if (!asked.ok) return undefined
  const answers = model && runTrees(model.outputs, asked.value.table)
  const answered = model && answers && { manifest: model.manifest, answers }
  return weekForecast(asked.value, answered)
}

/** How a challenger did in shadow: forecast when it was trained, judged by the days since. */
export type ShadowResult = {
  readonly rows: number
  /** Share by which its pinball loss lies below that of the model in service. */
  readonly gain: number
}

export function shadowResult(
  stations: readonly StationHistory[],
  {
    model,
    champion,
    since,
  }: {
    readonly model: RunnableModel
    readonly champion: RunnableModel | undefined
    readonly since: Instant
  },
): ShadowResult {
  const origin = quarterStart(since)
  const rows = stations.slice(0, stationsMax).flatMap((history) => {
    const byStart = new Map(history.counts.map((count) => [count.start, count]))
    const theirs = weekAt(history, origin, champion)
    const ours = weekAt(history, origin, model)
    if (theirs === undefined || ours === undefined) return []
    const scale = usualOf(before(history.counts, origin))
    return rowsOfWeek({ history, byStart, scale, origin, theirs, ours })
  })
  const loss = (of: 'champion' | 'challenger'): number =>
    rows.reduce((sum, row) => sum + pinballOf(row.actual, row[of]), 0)
  const other = loss('champion')
  return { rows: rows.length, gain: other > 0 ? (other - loss('challenger')) / other : 0 }
}

type Week = {
  readonly history: StationHistory
  readonly byStart: ReadonlyMap<Instant, QuarterCount>
  readonly scale: PerTarget<number>
  readonly origin: Instant
  readonly theirs: WeekForecast
  readonly ours: WeekForecast
}

const offsetMs = 330 * 60_000

function rowsOfWeek({ history, byStart, scale, origin, theirs, ours }: Week): readonly JudgedRow[] {
  return demandTargets.flatMap((target) =>
    ours.quarters[target].flatMap((own, n): readonly JudgedRow[] => {
      const start = instant(origin + n * quarterMs)
      const came = byStart.get(start)
      const lastWeek = byStart.get(instant(start - 7 * dayMs))
      const other = theirs.quarters[target][n]
      if (came === undefined || lastWeek === undefined || other === undefined) return []
      const part = (value: number): number => value / scale[target]
      const band = ({ q10, q50, q90 }: typeof own) => ({
        q10: part(q10),
        q50: part(q50),
        q90: part(q90),
      })
      const day = Math.floor((start + offsetMs) / dayMs)
      return [
        {
          ...{ station: history.station, day, event: history.eventDays.has(day) },
          actual: part(valueOf(came, target)),
          ...{ champion: band(other), challenger: band(own) },
          naive: part(valueOf(lastWeek, target)),
        },
      ]
    }),
  )
}
