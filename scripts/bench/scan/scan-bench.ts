import { rmSync } from 'node:fs'
import { present } from '@baari/shared/faults/assert'
import { textTable } from '../../clients/text-table.ts'
import { temporaryFolder } from '../../dev/temporary-folder.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import type { Goal } from '../figures/last-line.ts'
import { median, percentile, spreadOf } from '../figures/spread.ts'
import { startBenchStation, type BenchStation } from './bench-station.ts'
import { fastRound, pacedRound, type Round, type Sizes } from './rounds.ts'
import { scanToAuthorise } from './scan-to-authorise.ts'
import { bareServer, nodeServer, type Server } from './servers.ts'

const goals: readonly Goal[] = [
  { name: 'ratio', op: '>=', goal: 0.6 },
  { name: 'p99_ms', op: '<', goal: 15 },
  { name: 'serial_to_authorise_p99_ms', op: '<', goal: 50 },
]

const fullSizes: Sizes = { rounds: 5, warmRounds: 5, perRound: 300, batch: 60, pacedPerRound: 200 }
const quickSizes: Sizes = { rounds: 1, warmRounds: 1, perRound: 40, batch: 40, pacedPerRound: 40 }

/** A real head gives 150 g/s; a fill of the bench lasts two thirds of a second. */
const flowGramsPerSecond = 1_000

/**
 * What a scan costs on this machine, offline: ours beside the bare handler, interleaved, and the
 * way from a reader's last byte to the authorise on the line.
 */
export const bench: Bench = {
  name: 'scan',
  async run(options) {
    const { quick, seed, say } = options
    const sizes = quick ? quickSizes : fullSizes
    const samples = quick ? 6 : 220
    const tokens = samples + tokensOf(sizes)
    const station = await startBenchStation({ tokens, flowGramsPerSecond, say })
    try {
      const measured = await measure(station, sizes, options)
      const serialMs = await scanToAuthorise(station, { samples, say })
      sayAuthorise(say, serialMs)
      const figures = {
        ...figuresOf(measured),
        serial_to_authorise_p99_ms: present(percentile(serialMs, 0.99), 'samples'),
      }
      return { bench: 'scan', figures, goals, rounds: sizes.rounds, seed }
    } finally {
      await station.stop()
    }
  },
}

/** Every scan takes a token of its own: of the fast rounds, and of the paced ones with one before. */
function tokensOf({ rounds, warmRounds, perRound, pacedPerRound }: Sizes): number {
  return (warmRounds + rounds) * perRound + (1 + rounds) * pacedPerRound
}

type Measured = {
  readonly ours: readonly Round[]
  readonly bare: readonly Round[]
  readonly paced: readonly (readonly number[])[]
}

async function measure(
  station: BenchStation,
  sizes: Sizes,
  { say }: BenchOptions,
): Promise<Measured> {
  const folder = temporaryFolder('bench-bare')
  const servers: Server[] = []
  try {
    const bare = await bareServer(folder)
    servers.push(bare)
    const ours = nodeServer(station)
    servers.push(ours)
    for (let round = 0; round < sizes.warmRounds; round += 1) {
      await fastRound(bare, sizes)
      await fastRound(ours, sizes)
    }
    await pacedRound(ours, sizes)
    const rounds = { ours: [] as Round[], bare: [] as Round[], paced: [] as (readonly number[])[] }
    for (let round = 0; round < sizes.rounds; round += 1) {
      rounds.ours.push(await fastRound(ours, sizes))
      rounds.bare.push(await fastRound(bare, sizes))
      rounds.paced.push(await pacedRound(ours, sizes))
    }
    sayRounds(say, rounds)
    return rounds
  } finally {
    for (const server of servers) await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function figuresOf({ ours, bare, paced }: Measured): Record<string, number> {
  const rate = (rounds: readonly Round[]): number => spreadOf(rounds.map((r) => r.perSecond)).median
  const ratios = ours.map(({ perSecond }, round) => perSecond / (bare[round]?.perSecond ?? NaN))
  const all = paced.flat()
  return {
    ours_per_s: rate(ours),
    bare_per_s: rate(bare),
    ratio: present(median(ratios), 'rounds'),
    p50_ms: present(percentile(all, 0.5), 'samples'),
    p99_ms: present(percentile(all, 0.99), 'samples'),
  }
}

function sayRounds(say: BenchOptions['say'], { ours, bare, paced }: Measured): void {
  const cells = (samples: readonly number[], digits: number): readonly string[] => {
    const { median: middle, low, high } = spreadOf(samples)
    return [middle, low, high].map((value) => value.toFixed(digits))
  }
  const rates = (rounds: readonly Round[]): readonly number[] => rounds.map((r) => r.perSecond)
  const at = (share: number): readonly number[] =>
    paced.map((samples) => percentile(samples, share) ?? NaN)
  const ratios = ours.map((round, index) => round.perSecond / (bare[index]?.perSecond ?? NaN))
  const table = [
    ['figure', 'median', 'low', 'high'],
    ['ours, scans/s', ...cells(rates(ours), 0)],
    ['bare, commits/s', ...cells(rates(bare), 0)],
    ['ratio', ...cells(ratios, 3)],
    ['p50 at 100/s, ms', ...cells(at(0.5), 2)],
    ['p99 at 100/s, ms', ...cells(at(0.99), 2)],
  ]
  for (const line of textTable(table, { rightAligned: new Set([1, 2, 3]) })) say(line)
}

function sayAuthorise(say: BenchOptions['say'], samples: readonly number[]): void {
  const at = (share: number): string => (percentile(samples, share) ?? NaN).toFixed(2)
  say(
    `scan to authorise, ${samples.length} samples: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, ` +
      `p99 ${at(0.99)} ms, most ${at(1)} ms`,
  )
}
