import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelStore } from '@baari/edge/adapters/forecast/model-store'
import { startProcessCall } from '@baari/edge/runtime/process-call'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { systemClock } from '@baari/edge/adapters/system/system-clock'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { bundleOf, hash, newSigner, signed, trainSmall } from '@baari/shared/testing/signed-bundle'
import { instant, minutes } from '@baari/shared/units/time'
import type { StationWeekAnswer, StationWeekAsk } from './station-week.ts'

const station = 42
const days = 120
const trees = 300
const weeks = 60
const megabyte = 1_000_000

/**
 * A station's whole week, as its forecast process makes it: features of 56 days, the model loaded
 * from its stored bundle, judged days and 672 quarters of three targets.
 */
export async function stationFigures(
  say: (line: string) => void,
): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'baari-week-'))
  const counts = madeDemand(days)
  const trainedOn = counts.slice(0, (days - 28) * 96)
  const usual = usualOf(trainedOn)
  const from = instant(trainedOn.at(-1)!.start + quarterMs)
  const tables = demandTables([{ station, counts: trainedOn, usual }], from)
  const facts = { usual: demandTargets.map((target) => usual[target]), version: 1 }
  const bundle = bundleOf(trainSmall({ ...tables, stepMs: quarterMs }, trees), facts)
  const files = signed(bundle, newSigner())
  modelStore(folder).put({ ...files, version: 1, manifestSha256: hash(files.manifest) })
  const script = new URL('./station-week.ts', import.meta.url)
  const call = { script, clock: systemClock, within: minutes(5) }
  try {
    const process = startProcessCall<StationWeekAsk, StationWeekAnswer>(call)
    const past = counts.slice(-(56 * 96 + weeks))
    const { engine, firstMs, weekMs, addedBytes } = await process.call({
      ...{ folder, station, counts: past, weeks },
    })
    const sorted = weekMs.toSorted((a, b) => a - b)
    const p99 = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
    say(
      `a station's process (${engine ?? 'no model'}, ${bundle.model.length} bytes): first week ` +
        `${firstMs.toFixed(0)} ms, later p99 ${p99.toFixed(0)} ms of the processor, ` +
        `${(addedBytes / megabyte).toFixed(0)} MB added`,
    )
    return {
      station_first_ms: firstMs,
      station_week_p50_ms: sorted[sorted.length >> 1] ?? 0,
      station_week_p99_ms: p99,
      station_added_mb: addedBytes / megabyte,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
