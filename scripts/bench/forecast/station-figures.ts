import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '@baari/edge/adapters/forecast/model-engine'
import { modelStore } from '@baari/edge/adapters/forecast/model-store'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import { acceptModel } from '@baari/edge/app/forecast/forecast-work'
import { forecastArguments, startForecastCall } from '@baari/edge/compose/forecast-call'
import type { ForecastCost } from '@baari/edge/compose/forecast-process'
import { startProcessCall } from '@baari/edge/runtime/process-call'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { assert } from '@baari/shared/faults/assert'
import { madeDemand } from '@baari/shared/testing/made-demand'
import {
  bundleOf,
  gateOf,
  hash,
  newSigner,
  signed,
  trainSmall,
} from '@baari/shared/testing/signed-bundle'
import { instant, minutes } from '@baari/shared/units/time'
import { buildEdge } from '../../bootstrap/builds.mjs'
import { edgeProgram } from '../../bootstrap/edge-program.mjs'
import { median, percentile } from '../figures/spread.ts'

const station = 42
const days = 120
const quartersRead = 56 * 96
/** As the cloud trains them. */
const trees = 300
const forestTrees = 40
const weeks = 100
const megabyte = 1_000_000
const built = new URL('../../../edge/dist/forecast-process.js', import.meta.url)

/**
 * A station's whole week, each in a process of its own from the build, as at a station and with its
 * flags: features of 56 days, a model of real size that the station has taken by its ladder, judged days
 * and 672 quarters of three targets. The weeks lie a quarter hour apart; the first finds nothing kept and
 * asks the runtime for all rows, the others ask the packed trees for the new ones, and all of them count.
 * Times are of the processor, all threads; memory is the most that was resident, against a process of
 * Node that does nothing.
 */
export async function stationFigures(
  say: (line: string) => void,
): Promise<Readonly<Record<string, number>>> {
  await buildEdge()
  const folder = mkdtempSync(join(tmpdir(), 'baari-week-'))
  // What the service sets; the processes inherit it.
  Object.assign(process.env, edgeProgram.env)
  try {
    const counts = madeDemand(days)
    const modelBytes = await takeModel(folder, counts)
    const bare = await bareCost()
    const costs: ForecastCost[] = []
    for (let week = 0; week <= weeks; week += 1) {
      const end = counts.length - weeks + week
      const engine = week === 0 ? 'onnx' : 'packed'
      costs.push(await weekCost(folder, counts.slice(end - quartersRead, end), engine))
    }
    return told({ costs, bare, modelBytes }, say)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Counts = ReturnType<typeof madeDemand>

/** A model trained on what lies before the last four weeks, accepted. @returns its bytes */
async function takeModel(folder: string, counts: Counts): Promise<number> {
  const trainedOn = counts.slice(0, (days - 28) * 96)
  const usual = usualOf(trainedOn)
  const from = instant(trainedOn.at(-1)!.start + quarterMs)
  const tables = demandTables([{ station, counts: trainedOn, usual }], from)
  const facts = { usual: demandTargets.map((target) => usual[target]), version: 1 }
  const made = trainSmall({ ...tables, stepMs: quarterMs }, trees, forestTrees)
  const signer = newSigner()
  const { station: _, ...gate } = gateOf(signer)
  const files = signed(bundleOf(made, { ...facts, stationScope: [station] }), signer)
  const deps = { store: modelStore(folder), openEngine, hash, program: undefined }
  const offer = { files, rollback: undefined }
  const taken = await acceptModel(offer, { ...gate, station, now: instant(5_000) }, deps)
  assert(taken.ok, `the station takes the model: ${JSON.stringify(taken)}`)
  return files.model.length
}

async function weekCost(
  folder: string,
  counts: Counts,
  engine: 'onnx' | 'packed',
): Promise<ForecastCost> {
  const now = instant(counts.at(-1)!.start + quarterMs)
  const past = { station, now, counts, fallenBack: [] }
  const answer = await startForecastCall(systemClock, built).call({
    kind: 'forecast',
    folder,
    past,
  })
  assert(answer.kind === 'forecast' && answer.forecasted.engine === engine, `${engine} answered`)
  return answer.cost
}

type BareCost = { readonly peakBytes: number; readonly cpuMs: number }

async function bareCost(): Promise<BareCost> {
  const script = new URL('./bare-process.mjs', import.meta.url)
  const call = { script, clock: systemClock, within: minutes(1), nodeArguments: forecastArguments }
  return startProcessCall<object, BareCost>(call).call({})
}

type Measured = {
  readonly costs: readonly ForecastCost[]
  readonly bare: BareCost
  readonly modelBytes: number
}

function told(
  { costs, bare, modelBytes }: Measured,
  say: (line: string) => void,
): Readonly<Record<string, number>> {
  const each = (of: (cost: ForecastCost) => number): { p50: number; p99: number } => ({
    p50: median(costs.map(of)) ?? Number.NaN,
    p99: percentile(costs.map(of), 0.99) ?? Number.NaN,
  })
  const start = each(({ startMs }) => startMs)
  const model = each(({ modelMs }) => modelMs)
  const rest = each(({ restMs }) => restMs)
  const whole = each(({ startMs, modelMs, restMs }) => startMs + modelMs + restMs)
  const [first] = costs
  const peak = Math.max(...costs.map(({ peakBytes }) => peakBytes))
  const usualPeak = each(({ peakBytes }) => peakBytes).p50
  const megabytes = (bytes: number): string => (bytes / megabyte).toFixed(0)
  const times = ({ p50, p99 }: { p50: number; p99: number }): string =>
    `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)} ms`
  say(
    `a station's week, ${costs.length} processes of their own, a model of ${modelBytes} bytes: ` +
      `start ${times(start)}, of which ${bare.cpuMs.toFixed(0)} any process has; load and the model's ` +
      `answers ${times(model)}; features and bands ${times(rest)}; all ${times(whole)}; the first of a ` +
      `model ${first!.modelMs.toFixed(0)} and ${first!.restMs.toFixed(0)} ms; peak ${megabytes(peak)} MB, ` +
      `usually ${megabytes(usualPeak)}, of which ${megabytes(bare.peakBytes)} any process has`,
  )
  return {
    station_bare_ms: bare.cpuMs,
    station_start_p50_ms: start.p50,
    station_load_p50_ms: model.p50,
    station_load_p99_ms: model.p99,
    station_week_p50_ms: rest.p50,
    station_week_p99_ms: rest.p99,
    station_whole_p50_ms: whole.p50,
    station_first_load_ms: first!.modelMs,
    station_first_week_ms: first!.restMs,
    station_peak_mb: peak / megabyte,
    station_usual_peak_mb: usualPeak / megabyte,
    station_bare_mb: bare.peakBytes / megabyte,
    station_added_mb: (peak - bare.peakBytes) / megabyte,
    station_model_bytes: modelBytes,
  }
}
