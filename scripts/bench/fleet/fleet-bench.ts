import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { present } from '@baari/shared/faults/assert'
import { textTable } from '../../clients/text-table.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import { growthPlot } from './growth-plot.ts'
import { measureFleet, type FleetFigures, type FleetSizes } from './measure-fleet.ts'

const goals: readonly Goal[] = [
  { name: 'visible_p99_ms', op: '<=', goal: 50 },
  { name: 'refused', op: '==', goal: 0 },
  { name: 'failed', op: '==', goal: 0 },
]

type Sizes = FleetSizes & { readonly fleets: readonly number[] }

/** A vehicle a minute is a busy station; the fleet's day is a third of that on average. */
const usual = { vehicleMs: 60_000, bookingsPerDrain: 2 }
const fullSizes: Sizes = {
  ...usual,
  fleets: [250, 500, 1_000, 2_000],
  serveMs: 15_000,
  sellEveryMs: 40,
  drainRounds: 5,
}
const quickSizes: Sizes = {
  ...usual,
  fleets: [50, 100],
  serveMs: 3_000,
  sellEveryMs: 40,
  drainRounds: 1,
}

const plotFile = 'out/bench/fleet.svg'

/**
 * Many stations against one cloud process: how long a booking takes to its station while all of
 * them wait and upload, what a station costs in memory, and what comes in when all return at once.
 */
export const bench: Bench = {
  name: 'fleet',
  async run({ quick, seed, say }) {
    const sizes = quick ? quickSizes : fullSizes
    const measured: FleetFigures[] = []
    for (const stations of sizes.fleets) {
      const figures = await measureFleet({ ...sizes, stations, seed })
      say(
        `${stations} stations signed in within ${(figures.connectMs / 1_000).toFixed(1)} s` +
          `, ${figures.refused} refused, ${figures.failed} failed`,
      )
      measured.push(figures)
    }
    sayFigures(say, measured)
    drawGrowth(say, measured)
    const largest = present(measured.at(-1), 'fleet')
    return {
      bench: 'fleet',
      figures: { ...figuresOf(largest), ...trouble(measured), growth: measured.map(growthOf) },
      goals,
      rounds: sizes.drainRounds,
      seed,
    }
  },
}

const kb = (bytes: number): number => bytes / 1_024
const mb = (bytes: number): number => bytes / 1_048_576

function figuresOf(largest: FleetFigures) {
  const { stations, visible, ackP99Ms, restBytesPerStation, opsPerS, connectMs } = largest
  return {
    stations,
    visible_p50_ms: visible.p50Ms,
    visible_p99_ms: visible.p99Ms,
    ack_p99_ms: ackP99Ms,
    kb_per_station: kb(restBytesPerStation),
    ops_per_s: opsPerS.median,
    connect_s: connectMs / 1_000,
  }
}

/** Over all fleets: none of them may have any. */
function trouble(measured: readonly FleetFigures[]) {
  return {
    refused: measured.reduce((sum, { refused }) => sum + refused, 0),
    failed: measured.reduce((sum, { failed }) => sum + failed, 0),
  }
}

function growthOf(figures: FleetFigures) {
  const { stations, visible, rssBytes, restBytesPerStation, opsPerS } = figures
  return {
    stations,
    visible_p50_ms: visible.p50Ms,
    visible_p99_ms: visible.p99Ms,
    kb_per_station: kb(restBytesPerStation),
    ops_per_s: opsPerS.median,
    rss_mb: mb(rssBytes),
  }
}

function sayFigures(say: BenchOptions['say'], measured: readonly FleetFigures[]): void {
  const head = ['stations', 'visible p50', 'p99 ms', 'ack p99 ms', 'kB a station', 'rss MB']
  const rows = measured.map((figures) => {
    const { stations, visible, ackP99Ms, restBytesPerStation, rssBytes, opsPerS } = figures
    return [
      String(stations),
      ...[visible.p50Ms, visible.p99Ms, ackP99Ms].map((ms) => ms.toFixed(1)),
      ...[kb(restBytesPerStation), mb(rssBytes)].map((size) => size.toFixed(0)),
      ...[opsPerS.median, opsPerS.low, opsPerS.high].map((rate) => rate.toFixed(0)),
    ]
  })
  const table = [[...head, 'ops/s', 'low', 'high'], ...rows]
  const rightAligned = new Set(table[0]?.keys())
  for (const text of textTable(table, { rightAligned })) say(text)
}

function drawGrowth(say: BenchOptions['say'], measured: readonly FleetFigures[]): void {
  const curve = (title: string, valueOf: (figures: FleetFigures) => number) => ({
    title,
    points: measured.map((one) => ({ stations: one.stations, value: valueOf(one) })),
  })
  const file = join(import.meta.dirname, '../../..', plotFile)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(
    file,
    growthPlot([
      curve('booking at its station, p99 ms', ({ visible }) => visible.p99Ms),
      curve('cloud process, MB', ({ rssBytes }) => mb(rssBytes)),
      curve('ops accepted, 1/s', ({ opsPerS }) => opsPerS.median),
    ]),
  )
  say(`drawn: ${plotFile}`)
}
