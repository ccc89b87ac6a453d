import { createHash } from 'node:crypto'
import { forecastRun } from '@baari/shared/domain/forecast/backtest/forecast-run'
import { prepare } from '@baari/shared/domain/forecast/backtest/prepare'
import { buildBundle } from '@baari/shared/domain/forecast/bundle/build-bundle'
import type { ModelManifest } from '@baari/shared/domain/forecast/bundle/model-manifest'
import { modelOutputs } from '@baari/shared/domain/forecast/onnx/forecast-model'
import type { OnnxOutput } from '@baari/shared/domain/forecast/onnx/write-model'
import { fitterOf, type FitJob } from '@baari/shared/domain/forecast/pool/fit-job'
import { membersOf } from '@baari/shared/domain/forecast/serving/members-of-answers'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
  type QuarterCount,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { capForecast, classSharesOf } from '@baari/shared/domain/forecast/serving/walk-in-work'
import type { Came } from '@baari/shared/domain/forecast/serving/target-forecast'
import { weekForecast } from '@baari/shared/domain/forecast/serving/week-forecast'
import { weekQuestion } from '@baari/shared/domain/forecast/serving/week-question'
import { classMilliMinutes } from '@baari/shared/domain/slots/booked-work'
import { walkInWorkOf } from '@baari/shared/domain/slots/walk-in-forecast'
import { busyDay, recordedDay, seedOfDay } from '@baari/shared/domain/twin/busy-days'
import type { RunSeed } from '@baari/shared/domain/twin/chance'
import { dayRun, type DayRun } from '@baari/shared/domain/twin/day-run'
import { ratioOf, type Estimate } from '@baari/shared/domain/twin/statistics'
import type { Rule } from '@baari/shared/domain/twin/steady-run'
import type { TwoPeakDay } from '@baari/shared/domain/twin/two-peak-day'
import { present } from '@baari/shared/faults/assert'
import { istDayStart } from '@baari/shared/units/ist-calendar'
import { dayNumber, instant, type Instant } from '@baari/shared/units/time'

const station = 1
const dayMs = 96 * quarterMs
/** A Monday. */
const firstDay = istDayStart(dayNumber(20_093))

export type TrainedCapRun = {
  readonly day: TwoPeakDay
  readonly rule: Rule
  readonly seed: RunSeed
  /** Days recorded before the model is trained, at least 40, and days played after. */
  readonly recorded: number
  readonly played: number
  /** The same work with less of it, for a run that only shows that everything runs. */
  readonly job?: (job: FitJob) => FitJob
}

/** Mean wait of all against first come first served on the same days, by what sets the cap. */
export type CapRatios = {
  readonly trained: Estimate
  /** The true rate of the weekday's hour and swing, each hour off by 30 %. */
  readonly off30: Estimate
  readonly known: Estimate
  readonly flat: Estimate
  /** How the trained forecast of walk-in work did on the last days. */
  readonly came: Came
}

/**
 * A station whose weekdays differ and whose days swing: a model is trained on what it recorded, then
 * forecasts each following day at its midnight as the node would, and the day is sold and played
 * with that cap, with the flat one, and with the rate known.
 */
export function trainedCap(how: TrainedCapRun): CapRatios {
  const { day, rule, seed, recorded, played } = how
  const days = Array.from({ length: recorded + played }, (_, n) => busyDay(day, n, seed))
  const startOf = (n: number): Instant => instant(firstDay + n * dayMs)
  const counts = days.flatMap((one, n) =>
    recordedDay(one, { start: startOf(n), seed: seedOfDay(n, seed) }),
  )
  const model = trainedOn(counts.slice(0, 96 * recorded), how)
  const runs: Record<'trained' | 'off30' | 'known' | 'flat', DayRun[]> = {
    ...{ trained: [], off30: [], known: [], flat: [] },
  }
  let came: Came | undefined
  for (let n = recorded; n < days.length; n += 1) {
    const one = present(days[n], 'a day')
    const own = { rule, seed: seedOfDay(n, seed) }
    const foretold = toldFor(startOf(n), counts.slice(0, 96 * n), model)
    came = foretold.came
    const play = (change: Partial<TwoPeakDay>): DayRun =>
      dayRun({ ...one, ...change }, own.rule, own.seed)
    runs.trained.push(play({ told: foretold.told }))
    runs.off30.push(play({ forecastError: 0.3 }))
    runs.known.push(play({ forecastError: 0 }))
    runs.flat.push(play({ cap: 'flat' }))
  }
  return {
    trained: allRatio(runs.trained),
    off30: allRatio(runs.off30),
    known: allRatio(runs.known),
    flat: allRatio(runs.flat),
    came: present(came, 'a played day'),
  }
}

function allRatio(runs: readonly DayRun[]): Estimate {
  return ratioOf(
    runs.map(({ rec }) => rec.allMean),
    runs.map(({ b }) => b.allMean),
  )
}

type Model = { readonly manifest: ModelManifest; readonly outputs: readonly OnnxOutput[] }

function trainedOn(
  counts: readonly QuarterCount[],
  { job = (same) => same }: Pick<TrainedCapRun, 'job'>,
): Model {
  const usual = usualOf(counts)
  const end = instant(present(counts.at(-1), 'a quarter').start + quarterMs)
  const tables = demandTables([{ station, counts, usual }], end)
  const prepared = prepare({ ...tables, stepMs: quarterMs }, 1)
  if (!prepared.ok) throw new Error(prepared.error.code)
  const fit = fitterOf(prepared.value.training)
  const fitting = forecastRun(prepared.value, 1)
  let step = fitting.next()
  while (step.done !== true) step = fitting.next(step.value.map((one) => fit(job(one))))
  const run = step.value
  const facts = {
    ...{ modelId: '00000000-0000-4000-8000-000000000001', version: 1, stationScope: [station] },
    ...{ dataOrigin: 'synthetic' as const, incumbentBacktest: null, keyId: 0 },
    ...{ createdAt: end, notAfter: instant(end + 365 * dayMs) },
    usual: demandTargets.map((target) => usual[target]),
    hash: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex'),
  }
  const { manifest } = present(buildBundle({ prepared: prepared.value, run }, facts), 'a bundle')
  return {
    manifest,
    outputs: modelOutputs(present(run.learned, 'a model').members, run.combination),
  }
}

/** Walk-in work of each five minutes of the day that begins now, as the cap reckons with it. */
function toldFor(
  now: Instant,
  past: readonly QuarterCount[],
  { manifest, outputs }: Model,
): { readonly told: readonly number[]; readonly came: Came } {
  const counts = past.slice(-96 * 56)
  const question = weekQuestion({ station, now, counts, manifest })
  if (!question.ok) throw new Error(question.error.code)
  const answers = runTrees(outputs, question.value.table)
  const members = membersOf(question.value.asked, manifest.recipe, answers)
  const forecast = weekForecast(question.value, { manifest, members })
  const by = { shares: classSharesOf(counts), learned: classMilliMinutes, madeAt: now }
  const workAt = walkInWorkOf(capForecast(forecast, by), now)
  const told = Array.from({ length: 288 }, (_, cell) => {
    return (workAt(instant(now + cell * 300_000)) ?? 0) / 1_000
  })
  return { told, came: forecast.came.walkInWork }
}
