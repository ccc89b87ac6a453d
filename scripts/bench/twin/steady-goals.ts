import { meanOf, ratioOf, type Estimate } from '@baari/shared/domain/twin/statistics'
import type { SteadyRun } from '@baari/shared/domain/twin/steady-run'
import { ruleOf, steadyOf } from '@baari/shared/contracts/twin/scenario-station'
import type { Comparison, SteadyCell } from './goal-file.ts'
import type { JobPool } from './job-pool.ts'
import { atLeast, atMost, never, type Judged } from './judged.ts'

/** How much is run. */
export type Length = { readonly days: number; readonly replications: number; readonly seed: number }

type Cell = Omit<SteadyCell, 'goals'>

/** Plays a station once, however many goals ask for it. */
export type SteadyRuns = (cell: Cell) => Promise<readonly SteadyRun[]>

export function steadyRuns({ days, replications, seed }: Length, pool: JobPool): SteadyRuns {
  const played = new Map<string, Promise<readonly SteadyRun[]>>()
  return (cell) => {
    const scenario = steadyOf(cell, days)
    const rule = ruleOf(cell.rule)
    const key = JSON.stringify({ scenario, rule })
    const known = played.get(key)
    if (known !== undefined) return known
    const runs = pool.run<'steady'>(
      Array.from({ length: replications }, (_, replication) => ({
        kind: 'steady' as const,
        ...{ scenario, rule, seed: { seed, replication } },
      })),
    )
    played.set(key, runs)
    return runs
  }
}

/** `c4_f50_r85`: positions, booked share and load in per cent. */
export function cellName({ positions, bookedShare, load }: Cell): string {
  return `c${positions}_f${Math.round(bookedShare * 100)}_r${Math.round(load * 100)}`
}

type Pick = (run: SteadyRun) => number

const mean = (runs: readonly SteadyRun[], of: Pick): Estimate => meanOf(runs.map(of))
const ratio = (runs: readonly SteadyRun[], over: Pick, under: Pick): Estimate =>
  ratioOf(runs.map(over), runs.map(under))
const total = (runs: readonly SteadyRun[], of: Pick): number =>
  runs.reduce((sum, run) => sum + of(run), 0)

type Bars = SteadyCell['goals']

/** Each bar with the estimate it binds. */
const barred: {
  readonly [G in keyof Bars]-?: (runs: readonly SteadyRun[], bar: number) => readonly Judged[]
} = {
  bookedP95Minutes: (runs, bar) => [
    atMost(
      'G1_booked_p95_minutes',
      mean(runs, ({ rec }) => rec.bookedP95),
      bar,
    ),
  ],
  bookedInTen: (runs, bar) => [
    atLeast(
      'G2_booked_in_ten_share',
      mean(runs, ({ rec }) => rec.bookedInTen),
      bar,
    ),
  ],
  walkInRatio: (runs, bar) => [
    atMost(
      'G3_walk_in_ratio',
      ratio(
        runs,
        ({ rec }) => rec.walkInMean,
        ({ b }) => b.allMean,
      ),
      bar,
    ),
  ],
  walkInP99Ratio: (runs, bar) => [
    atMost(
      'G4_walk_in_p99_ratio',
      ratio(
        runs,
        ({ rec }) => rec.walkInP99,
        ({ b }) => b.allP99,
      ),
      bar,
    ),
  ],
  allRatio: (runs, bar) => [
    atMost(
      'G5_all_ratio',
      ratio(
        runs,
        ({ rec }) => rec.allMean,
        ({ b }) => b.allMean,
      ),
      bar,
    ),
  ],
  rawRatioOff: (runs, bar) => {
    const raw = ratio(
      runs,
      ({ rec }) => rec.rawMean,
      ({ fifoRawMean }) => fifoRawMean,
    )
    return [atMost('G6_raw_ratio', raw, 1 + bar), atLeast('G6_raw_ratio_low', raw, 1 - bar)]
  },
  idleMinutes: (runs, bar) => [
    atMost(
      'G7_staged_idle_minutes',
      mean(runs, ({ idle }) => idle.stagedMinutes),
      bar,
    ),
  ],
  overtakes: (runs, bar) => [
    atMost(
      'G8_overtakes',
      mean(runs, ({ rec }) => rec.overtakes),
      bar,
    ),
  ],
}

/** The goals of one cell; what must never happen is asked of every cell. */
export function judgeSteady(cell: SteadyCell, runs: readonly SteadyRun[]): readonly Judged[] {
  const names = Object.keys(barred) as (keyof Bars)[]
  const bars = names.flatMap((name) => {
    const bar = cell.goals[name]
    return bar === undefined ? [] : barred[name](runs, bar)
  })
  return [...bars, ...nevers(runs)].map((one) => ({
    ...one,
    name: `${one.name}_${cellName(cell)}`,
  }))
}

const shortestDwellMs = 5 * 60_000
const mostChangesInAnHour = 6

function nevers(runs: readonly SteadyRun[]): readonly Judged[] {
  const flickers = ({ lanes }: SteadyRun): number =>
    lanes.quickReturns +
    Number(lanes.mostInAnHour > mostChangesInAnHour) +
    Number(lanes.shortestDwell < shortestDwellMs)
  return [
    never(
      'G7_uncalled_idle_minutes',
      total(runs, ({ idle }) => idle.uncalledMinutes),
    ),
    never(
      'G9_three_in_row',
      total(runs, ({ unfair }) => unfair.threeInRow),
    ),
    never(
      'G9_two_in_row_when_old',
      total(runs, ({ unfair }) => unfair.twoInRowWhenOld),
    ),
    never('G14_flickers', total(runs, flickers)),
    never(
      'G15_half_hours_over_two_thirds',
      total(runs, ({ unfair }) => unfair.overTwoThirds),
    ),
    never(
      'G15_half_hours_over_half',
      total(runs, ({ unfair }) => unfair.overHalf),
    ),
    never(
      'G15_days_over',
      total(runs, ({ unfair }) => unfair.daysOver),
    ),
  ]
}

/** What a changed number did, replication by replication on the same draws (G10, G11). */
export function judgeComparison(
  { goal, bookedP95RiseMinutes, walkInRatio }: Comparison,
  from: readonly SteadyRun[],
  to: readonly SteadyRun[],
): readonly Judged[] {
  const rises = to.map(({ rec }, i) => rec.bookedP95 - (from[i]?.rec.bookedP95 ?? NaN))
  const walkIn = (run: SteadyRun): number => run.rec.walkInMean
  return [
    atMost(`${goal}_booked_p95_rise_minutes`, meanOf(rises), bookedP95RiseMinutes),
    atMost(`${goal}_walk_in_ratio`, ratioOf(to.map(walkIn), from.map(walkIn)), walkInRatio),
  ]
}
