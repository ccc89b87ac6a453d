import type { DayRun } from '@baari/shared/domain/twin/day-run'
import { meanOf, ratioOf, type Estimate } from '@baari/shared/domain/twin/statistics'
import { dayOf, ruleOf } from '@baari/shared/contracts/twin/scenario-station'
import type { DayCell } from './goal-file.ts'
import type { JobPool } from './job-pool.ts'
import { atMost, textOf, type Judged } from './judged.ts'
import type { Length } from './steady-goals.ts'

export async function dayRuns(
  { day }: DayCell,
  { days, replications, seed }: Length,
  pool: JobPool,
): Promise<readonly DayRun[]> {
  const played = dayOf(day)
  const rule = ruleOf(day.rule)
  return pool.run<'day'>(
    Array.from({ length: replications }, (_, replication) => ({
      kind: 'day' as const,
      ...{ day: played, days, rule },
      seed: { seed, replication },
    })),
  )
}

type Pick = (run: DayRun) => number

const mean = (runs: readonly DayRun[], of: Pick): Estimate => meanOf(runs.map(of))
const ratio = (runs: readonly DayRun[], over: Pick, under: Pick): Estimate =>
  ratioOf(runs.map(over), runs.map(under))

const allRatio = (runs: readonly DayRun[]): Estimate =>
  ratio(
    runs,
    ({ rec }) => rec.allMean,
    ({ b }) => b.allMean,
  )
const queueRatio = (runs: readonly DayRun[]): Estimate =>
  ratio(
    runs,
    ({ longestQueue }) => longestQueue,
    ({ longestQueueB }) => longestQueueB,
  )
const over30 = ({ rec, b }: DayRun): number => rec.walkInOver30 - b.walkInOver30

/** The goals of one kind of day. A day without bars is a baseline and is only said. */
export function judgeDay({ goal, goals }: DayCell, runs: readonly DayRun[]): readonly Judged[] {
  const name = goal.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')
  const bars: readonly (readonly [string, Estimate, number | undefined])[] = [
    ['all_ratio', allRatio(runs), goals.allRatio],
    ['longest_queue_ratio', queueRatio(runs), goals.longestQueueRatio],
    ['walk_ins_over_30_rise', mean(runs, over30), goals.over30NotAboveB ? 0 : undefined],
    ['shift_minutes', mean(runs, ({ shiftMinutes }) => shiftMinutes), goals.shiftMinutes],
    ['told_minutes', mean(runs, ({ toldMinutes }) => toldMinutes), goals.toldMinutes],
    ['silently_late', mean(runs, ({ silentlyLate }) => silentlyLate), goals.silentlyLate],
  ]
  return bars.flatMap(([what, estimate, bar]) =>
    bar === undefined ? [] : [atMost(`${name}_${what}`, estimate, bar)],
  )
}

/** One line of a table of days. */
export function dayRow({ goal }: DayCell, runs: readonly DayRun[]): readonly string[] {
  const shown = (of: Pick): string => textOf(mean(runs, of))
  return [
    goal,
    shown(({ b }) => b.allMean),
    shown(({ rec }) => rec.allMean),
    textOf(allRatio(runs)),
    shown(({ rec }) => rec.bookedP95),
    shown(({ rec }) => rec.walkInMean),
    shown(({ rec }) => rec.walkInOver30 * 100),
    textOf(queueRatio(runs)),
    shown(({ shiftMinutes }) => shiftMinutes),
  ]
}

export const dayHeads = [
  ...['day', 'B mean', 'all mean', 'all ÷ B', 'booked p95', 'walk-in mean'],
  ...['walk-ins > 30 min %', 'queue ÷ B', 'shift'],
]
