import type { ModelAnswers } from '../bundle/golden-rows.ts'
import type { ModelManifest } from '../bundle/model-manifest.ts'
import type { ReadOutput } from '../onnx/read-ensemble.ts'
import { dayMs } from '../series/demand-table.ts'
import { membersOf } from '../serving/members-of-answers.ts'
import { runTrees } from '../serving/run-trees.ts'
import {
  demandTargets,
  quarterMs,
  quartersPerDay,
  seriesName,
  usualOf,
  valueOf,
  type PerTarget,
  type QuarterCount,
} from '../serving/station-demand.ts'
import { weekForecast, type WeekForecast } from '../serving/week-forecast.ts'
import { weekQuestion } from '../serving/week-question.ts'
import type { FeatureTable } from '../trees/feature-table.ts'
import { instant, type Instant } from '../../../units/time.ts'
import { demandCounts, type Unmet } from './censored-history.ts'
import { localDay } from './day-scores.ts'
import type { JudgedRow } from './judged-row.ts'

/** What one station has recorded, oldest first. */
export type StationHistory = {
  readonly station: number
  readonly counts: readonly QuarterCount[]
  /** Local days that are no days to judge a model by. */
  readonly eventDays: ReadonlySet<number>
  /** Whom the cloud could not sell a quarter to; only those quarters. */
  readonly unmet: Unmet
}

/** A model with its trees: the one in service, or the one that was just trained. */
export type RunnableModel = {
  readonly manifest: ModelManifest
  readonly outputs: readonly ReadOutput[]
}

/** Rows of features with what our own evaluation answers: the runtime is held against it. */
export type AnsweredRows = { readonly table: FeatureTable; readonly answers: ModelAnswers }

export type WeekOf = {
  readonly forecast: WeekForecast
  /** Undefined where no model answered. */
  readonly rows: AnsweredRows | undefined
  /** Of the rows, those that lie in the past; they come first. */
  readonly judged: number
}

/** Features reach back five weeks, and two weeks before that are judged. */
const lookBackQuarters = 56 * quartersPerDay

/** The week from `origin` as a station would forecast it, by a model or without one. */
export function weekAt(
  { station, counts }: Pick<StationHistory, 'station' | 'counts'>,
  origin: Instant,
  model: RunnableModel | undefined,
): WeekOf | undefined {
  const past = countsBefore(counts, origin).slice(-lookBackQuarters)
  const asked = weekQuestion({ station, now: origin, counts: past, manifest: model?.manifest })
  if (!asked.ok) return undefined
  const question = asked.value
  const answers = question.basis === 'model' && model && runTrees(model.outputs, question.table)
  const answered =
    model && answers
      ? {
          manifest: model.manifest,
          members: membersOf(question.asked, model.manifest.recipe, answers),
        }
      : undefined
  return {
    forecast: weekForecast(question, answered),
    rows: answers ? { table: question.table, answers } : undefined,
    judged: question.judged,
  }
}

export function countsBefore(
  counts: readonly QuarterCount[],
  at: Instant,
): readonly QuarterCount[] {
  return counts.filter(({ start }) => start < at)
}

/** What came to a station, to judge forecasts by. */
export type Came = {
  readonly station: number
  readonly eventDays: ReadonlySet<number>
  readonly byStart: ReadonlyMap<Instant, QuarterCount>
  readonly scale: PerTarget<number>
}

/** The demand of a station with whom it could not serve, in parts of its usual quarter before `cut`. */
export function cameOf(history: StationHistory, cut: Instant): Came {
  const demand = demandCounts(history.counts, history.unmet)
  const { station, eventDays } = history
  return {
    ...{ station, eventDays, scale: usualOf(countsBefore(history.counts, cut)) },
    byStart: new Map(demand.map((count) => [count.start, count])),
  }
}

/** Every recorded quarter of a week, as two models saw it from its origin. */
export function rowsOfWeek(
  { station, eventDays, byStart, scale }: Came,
  {
    origin,
    theirs,
    ours,
  }: { readonly origin: Instant; readonly theirs: WeekForecast; readonly ours: WeekForecast },
): readonly JudgedRow[] {
  return demandTargets.flatMap((target) => {
    const series = seriesName(station, target)
    return ours.quarters[target].flatMap((own, n): readonly JudgedRow[] => {
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
      const day = localDay(start)
      return [
        {
          ...{ station, series, day, event: eventDays.has(day) },
          actual: part(valueOf(came, target)),
          ...{ champion: band(other), challenger: band(own) },
          naive: part(valueOf(lastWeek, target)),
        },
      ]
    })
  })
}
