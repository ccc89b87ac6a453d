import { rmSync } from 'node:fs'
import { present } from '@baari/shared/faults/assert'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { millis } from '@baari/shared/units/time'
import { fullLine } from '../../../hardware/test/rigs/full-line.ts'
import { textTable } from '../../clients/text-table.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import { percentile } from '../figures/spread.ts'
import { readOverWire } from '../wire/wire-bench.ts'
import { hasSocat, measureGone, type GoneTimes } from './adapter-gone.ts'
import { startBenchWire, type BenchWire } from './bench-wire.ts'
import { oneDeadOfEight } from './dead-device.ts'
import { measureEfficiency, type EfficiencyRow } from './efficiency.ts'
import { busyPollMs, openPolledLine, tcpLine, type RoundSizes } from './polled-line.ts'
import { measureStops } from './stops.ts'
import type { LinePlan } from './wire-messages.ts'

const goals: readonly Goal[] = [
  { name: 'efficiency_9600', op: '>=', goal: 0.95 },
  { name: 'efficiency_19200', op: '>=', goal: 0.95 },
  { name: 'healthy_share_one_dead_of_8', op: '>=', goal: 0.9 },
  { name: 'stop_p99_ms', op: '<', goal: 100 },
  { name: 'stop_most_ms', op: '<=', goal: 250 },
  { name: 'all_stop_most_ms', op: '<=', goal: 250 },
  { name: 'stops_unheard', op: '==', goal: 0 },
  { name: 'gone_noticed_ms', op: '<=', goal: 2_000 },
  { name: 'back_polling_ms', op: '<=', goal: 2_000 },
  { name: 'wrong_values', op: '==', goal: 0 },
  { name: 'late_wrong_values', op: '==', goal: 0 },
]

/** A common factory delay of mass meters; the poll limits are given for it. */
const deviceDelayMs = 6
const plans: readonly LinePlan[] = ([9_600, 19_200] as const).flatMap((baud) =>
  ([10, 11] as const).map((bitsPerChar) => ({ timing: { baud, bitsPerChar }, deviceDelayMs })),
)
/** 9600 8E1, where a line is slowest. */
const slowLine = 1

type Sizes = RoundSizes & {
  readonly beforeDeathMs: number
  readonly afterDeathMs: number
  readonly stops: number
  readonly allStops: number
  readonly goneRounds: number
}

const fullSizes: Sizes = {
  ...{ rounds: 5, warmMs: 1_000, forMs: 4_000 },
  ...{ beforeDeathMs: 20_000, afterDeathMs: 60_000 },
  ...{ stops: 200, allStops: 50, goneRounds: 3 },
}
const quickSizes: Sizes = {
  ...{ rounds: 1, warmMs: 700, forMs: 1_500 },
  ...{ beforeDeathMs: 3_000, afterDeathMs: 12_000 },
  ...{ stops: 8, allStops: 2, goneRounds: 1 },
}

/**
 * The real bus and modbus-meter driver against eight heads on a half-duplex wire with bit times,
 * kept by a process of its own: polls, one dead device, stops, an adapter that goes; and in
 * simulated time what damaged and late replies do.
 */
export const bench: Bench = {
  name: 'poll',
  async run(options) {
    const { quick, seed, say } = options
    const sizes = quick ? quickSizes : fullSizes
    const folder = temporaryFolder('bench-poll')
    const wire = await startBenchWire(plans, seed)
    try {
      const rows = await measureEfficiency(wire, plans, sizes)
      sayRows(say, rows)
      const gone = await measureGone(
        { wire, line: slowLine, plan: present(plans[slowLine], 'the slow line') },
        { rounds: sizes.goneRounds, folder },
      )
      sayGone(say, gone)
      const busy = await onBusyLine(wire, sizes, options)
      const figures = {
        ...worstOf(rows, 9_600),
        ...worstOf(rows, 19_200),
        ...(await simulated(seed, say)),
        ...busy,
        gone_noticed_ms: Math.max(...gone.map(({ noticedMs }) => noticedMs)),
        back_polling_ms: Math.max(...gone.map(({ backMs }) => backMs)),
        ...(await readOverWire(options)),
      }
      return { bench: 'poll', figures, goals, rounds: sizes.rounds, seed }
    } finally {
      await wire.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Stops, and then the death of a device, on the slow line polled without a pause. */
async function onBusyLine(
  wire: BenchWire,
  sizes: Sizes,
  { seed, say }: BenchOptions,
): Promise<Record<string, number>> {
  const { timing } = present(plans[slowLine], 'the slow line')
  const pipe = tcpLine(present(wire.ports[slowLine], 'a port'))
  const polled = await openPolledLine({ pipe, timing, pollMs: busyPollMs })
  const site = { wire, line: slowLine, polled, prng: seededPrng(seed) }
  const { stopMs, allStopMs, unheard } = await measureStops(site, sizes)
  const at = (samples: readonly number[], share: number): number =>
    percentile(samples, share) ?? Number.NaN
  say(
    `${stopMs.length} stops: p50 ${at(stopMs, 0.5).toFixed(1)} ms, p99 ` +
      `${at(stopMs, 0.99).toFixed(1)} ms, most ${at(stopMs, 1).toFixed(1)} ms; ` +
      `${allStopMs.length} all-stops of four: most ${at(allStopMs, 1).toFixed(1)} ms`,
  )
  const times = { beforeMs: sizes.beforeDeathMs, afterMs: sizes.afterDeathMs }
  const { share, firstShare } = await oneDeadOfEight(wire, slowLine, times)
  const { collided } = await wire.count(slowLine)
  say(
    `one of eight dead: the others at ${share.toFixed(3)} of their rate, ` +
      `${firstShare.toFixed(3)} in the first ten seconds; ${collided} bytes collided`,
  )
  await polled.stop()
  return {
    healthy_share_one_dead_of_8: share,
    healthy_share_first_10_s: firstShare,
    stop_p50_ms: at(stopMs, 0.5),
    stop_p99_ms: at(stopMs, 0.99),
    stop_most_ms: at(stopMs, 1),
    all_stop_most_ms: at(allStopMs, 1),
    stops_unheard: unheard,
    collided_bytes: collided,
  }
}

/** What the bus makes of a line when no machine is slow: the difference is this machine's. */
async function simulated(seed: number, say: BenchOptions['say']): Promise<Record<string, number>> {
  const efficiencies: number[] = []
  for (const { timing } of plans) {
    const line = await fullLine({ timing, deviceDelayMs: millis(deviceDelayMs), seed })
    await line.run(1_000)
    efficiencies.push(await line.efficiency(10_000))
  }
  const least = Math.min(...efficiencies)
  say(`in simulated time: efficiency at least ${least.toFixed(3)} on every line`)
  return { efficiency_simulated: least }
}

function worstOf(rows: readonly EfficiencyRow[], baud: number): Record<string, number> {
  const those = rows.filter(({ plan }) => plan.timing.baud === baud)
  const least = (of: (row: EfficiencyRow) => number): number => Math.min(...those.map(of))
  return {
    [`efficiency_${baud}`]: least(({ efficiency }) => efficiency.median),
    [`bare_efficiency_${baud}`]: least(({ bare }) => bare.median),
    [`ratio_${baud}`]: least(({ ratio }) => ratio.median),
  }
}

function sayRows(say: BenchOptions['say'], rows: readonly EfficiencyRow[]): void {
  const table = [
    ['baud', 'bits', 'polls/s', 'efficiency', 'low', 'high', 'bare loop', 'ratio'],
    ...rows.map(({ plan, pollsPerSecond, efficiency, bare, ratio }) => [
      ...[plan.timing.baud, plan.timing.bitsPerChar].map(String),
      pollsPerSecond.median.toFixed(2),
      ...[efficiency.median, efficiency.low, efficiency.high].map((share) => share.toFixed(3)),
      ...[bare.median, ratio.median].map((share) => share.toFixed(3)),
    ]),
  ]
  const numbers = new Set(Array.from({ length: 8 }, (_, column) => column))
  for (const line of textTable(table, { rightAligned: numbers })) say(line)
}

function sayGone(say: BenchOptions['say'], gone: readonly GoneTimes[]): void {
  const table = [
    ['adapter', 'noticed ms', 'back ms'],
    ...gone.map(({ how, noticedMs, backMs }) => [how, noticedMs.toFixed(0), backMs.toFixed(0)]),
  ]
  for (const line of textTable(table, { rightAligned: new Set([1, 2]) })) say(line)
  if (!hasSocat()) say('without socat: no pty stands for a USB adapter')
}
