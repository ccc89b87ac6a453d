import { fileURLToPath } from 'node:url'
import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import type { Estimate } from '@baari/shared/domain/twin/statistics'
import type { TwoPeakDay } from '@baari/shared/domain/twin/two-peak-day'
import { usualShares } from '@baari/shared/domain/twin/visit'
import { textTable } from '../../clients/text-table.ts'
import { readYaml, wordsOf } from '../../twin/scenario-file.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import { closedFormChecks } from './closed-form-checks.ts'
import { dayHeads, dayRow, dayRuns, judgeDay } from './day-goals.ts'
import { speeds } from './decision-speed.ts'
import { goalFileSchema, type GoalFile } from './goal-file.ts'
import { openJobPool, type JobPool } from './job-pool.ts'
import { atLeast, atMost, holds, sayJudged, textOf, type Judged } from './judged.ts'
import { referenceChecks } from './reference-checks.ts'
import { trainedCap } from './trained-cap.ts'
import { judgeComparison, judgeSteady, steadyRuns, type Length } from './steady-goals.ts'

const goalsOfTheDesign = fileURLToPath(new URL('./goals.yaml', import.meta.url))
const threads = 2
const quickLength = { days: 3, replications: 3 }

/**
 * The digital twin against the goals of the queue: stations in steady state and on two-peak days,
 * the rule of the node beside first come first served for the same vehicles, and the closed forms
 * and reference policies that show the simulation itself to be right.
 */
export const bench: Bench = {
  name: 'twin',
  async run(options) {
    const { quick, seed, say } = options
    const goals = goalsOf(options)
    const length = { ...(quick ? quickLength : sizesOf(goals, options)), seed }
    say(`${goals.name}: ${length.replications} replications of ${length.days} days, seed ${seed}`)
    const pool = openJobPool(threads)
    try {
      const judged = [...(await ownGoals(goals, { length, options, pool }))]
      if (options.scenario === undefined) judged.push(...(await ownChecks(options, pool)))
      const failed = judged.filter((one) => !holds(one)).length
      say(`${judged.length - failed} goals hold, ${failed} do not`)
      return {
        bench: 'twin',
        figures: Object.fromEntries(judged.map(({ name, value }) => [name, value])),
        goals: judged.map(({ name, op, goal }) => ({ name, op, goal })),
        rounds: length.replications,
        seed,
      }
    } finally {
      await pool.stop()
    }
  },
}

function goalsOf({ scenario }: BenchOptions): GoalFile {
  const read = readYaml(scenario ?? goalsOfTheDesign, goalFileSchema)
  if (!read.ok) throw new Error(wordsOf(read.error))
  return read.value
}

function sizesOf(goals: GoalFile, { reps, days }: BenchOptions): Omit<Length, 'seed'> {
  return { days: days ?? goals.days, replications: reps ?? goals.replications }
}

type Work = {
  readonly length: Length
  readonly options: BenchOptions
  readonly pool: JobPool
}

async function ownGoals(goals: GoalFile, work: Work): Promise<readonly Judged[]> {
  const { length, options, pool } = work
  const judged: Judged[] = []
  const told = (found: readonly Judged[]): void => {
    sayJudged(options.say, found)
    judged.push(...found)
  }
  const played = steadyRuns(length, pool)
  for (const cell of goals.steady) told(judgeSteady(cell, await played(cell)))
  for (const comparison of goals.compare) {
    const from = await played(comparison.from)
    told(judgeComparison(comparison, from, await played(comparison.to)))
  }
  const rows: (readonly string[])[] = []
  for (const cell of goals.day) {
    const runs = await dayRuns(cell, length, pool)
    told(judgeDay(cell, runs))
    rows.push(dayRow(cell, runs))
  }
  if (rows.length > 0) for (const line of textTable([dayHeads, ...rows])) options.say(line)
  return judged
}

/** G12 with the cap of a model that was trained on what the station recorded. */
function trainedChecks({ quick: short, seed, say }: BenchOptions): readonly Judged[] {
  const { trained, off30, known, flat, came } = trainedCap({
    day: trainedDay,
    rule: { config: recommendedConfig, staging: true },
    seed: { seed, replication: 1 },
    ...(short ? { recorded: 42, played: 5 } : { recorded: 56, played: 42 }),
  })
  say(
    `trained cap: all ÷ B ${textOf(trained)}; off by 30 % ${textOf(off30)}, rate known ` +
      `${textOf(known)}, flat ${textOf(flat)}; walk-in work MAE ${came.mae.toFixed(2)} min a ` +
      `quarter (seasonal naive ${came.naiveMae.toFixed(2)}), cover ${came.cover.toFixed(2)}`,
  )
  return [
    atMost('G12_c4_trained_forecast_all_ratio', trained, 0.7),
    atLeast('flat_cap_all_ratio_above_trained', lossOf(flat, trained), 0),
  ]
}

const trainedDay: TwoPeakDay = {
  ...{ positions: 4, load: 0.8, bookedShare: 0.5, noShow: 0.1, punctualityMinutes: 5 },
  ...{ shares: usualShares, stagingNoise: true, forecastError: 0, cap: 'forecast' },
}

/** What switching the forecast off costs; the flat cap's lower limit against the other's upper. */
function lossOf(flat: Estimate, trained: Estimate): Estimate {
  const mean = flat.mean - trained.mean
  const half = flat.high - flat.mean + (trained.high - trained.mean)
  return { mean, low: mean - half, high: mean + half }
}

/** What does not depend on a scenario: is the simulation right, and is it fast. */
async function ownChecks(options: BenchOptions, pool: JobPool): Promise<readonly Judged[]> {
  const { quick: short, seed, say } = options
  const formulas = closedFormChecks(seed, short)
  sayJudged(say, formulas)
  const { judged, lines } = await referenceChecks({ seed, short }, pool)
  sayJudged(say, judged)
  if (!short) for (const line of lines) say(`  outside: ${line}`)
  const trained = trainedChecks(options)
  sayJudged(say, trained)
  const timed = speeds(seed, short)
  sayJudged(say, timed)
  return [...formulas, ...judged, ...trained, ...timed]
}
