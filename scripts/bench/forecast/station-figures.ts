import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelStore } from '@baari/edge/adapters/forecast/model-store'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
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
import { bundleOf, hash, newSigner, signed, trainSmall } from '@baari/shared/testing/signed-bundle'
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
 * flags: features of 56 days, a model of real size loaded from its stored bundle, judged days and 672
 * quarters of three targets. The weeks lie a quarter hour apart. Times are of the processor, all
 * threads; memory is the most that was resident, against a process of Node that does nothing.
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
    const modelBytes = storeModel(folder, counts)
    const bare = await bareBytes()
    const costs: ForecastCost[] = []
    for (let week = 0; week <= weeks; week += 1) {
      const end = counts.length - weeks + week
      costs.push(await weekCost(folder, counts.slice(end - quartersRead, end)))
    }
    return told({ costs, bare, modelBytes }, say)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Counts = ReturnType<typeof madeDemand>

/** A model trained on what lies before the last four weeks, accepted. @returns its bytes */
function storeModel(folder: string, counts: Counts): number {
  const trainedOn = counts.slice(0, (days - 28) * 96)
  const usual = usualOf(trainedOn)
  const from = instant(trainedOn.at(-1)!.start + quarterMs)
  const tables = demandTables([{ station, counts: trainedOn, usual }], from)
  const facts = { usual: demandTargets.map((target) => usual[target]), version: 1 }
  const made = trainSmall({ ...tables, stepMs: quarterMs }, trees, forestTrees)
  const files = signed(bundleOf(made, facts), newSigner())
  modelStore(folder).put({ ...files, version: 1, manifestSha256: hash(files.manifest) })
  return files.model.length
}

async function weekCost(folder: string, counts: Counts): Promise<ForecastCost> {
  const now = instant(counts.at(-1)!.start + quarterMs)
  const past = { station, now, counts, fallenBack: [] }
  const answer = await startForecastCall(systemClock, built).call({
    kind: 'forecast',
    folder,
    past,
  })
  assert(answer.kind === 'forecast' && answer.forecasted.engine === 'onnx', 'the runtime answered')
  return answer.cost
}

async function bareBytes(): Promise<number> {
  const script = new URL('./bare-process.mjs', import.meta.url)
  const call = { script, clock: systemClock, within: minutes(1), nodeArguments: forecastArguments }
  const answer = await startProcessCall<object, { readonly peakBytes: number }>(call).call({})
  return answer.peakBytes
}

type Measured = {
  readonly costs: readonly ForecastCost[]
  readonly bare: number
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
  const peak = Math.max(...costs.map(({ peakBytes }) => peakBytes))
  const megabytes = (bytes: number): string => (bytes / megabyte).toFixed(0)
  const times = ({ p50, p99 }: { p50: number; p99: number }): string =>
    `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)} ms`
  say(
    `a station's week, ${costs.length} processes of their own, a model of ${modelBytes} bytes: ` +
      `start ${times(start)}; runtime, load and the model's answers ${times(model)}; features and ` +
      `bands ${times(rest)}; peak ${megabytes(peak)} MB, of which ${megabytes(bare)} any process has`,
  )
  return {
    station_start_p50_ms: start.p50,
    station_load_p50_ms: model.p50,
    station_load_p99_ms: model.p99,
    station_week_p50_ms: rest.p50,
    station_week_p99_ms: rest.p99,
    station_peak_mb: peak / megabyte,
    station_bare_mb: bare / megabyte,
    station_added_mb: (peak - bare) / megabyte,
    station_model_bytes: modelBytes,
  }
}
