import { fileURLToPath } from 'node:url'
import { textTable } from '../../clients/text-table.ts'
import { readYaml, wordsOf } from '../../twin/scenario-file.ts'
import type { Bench, BenchOptions } from '../bench.ts'
import { closedFormChecks } from './closed-form-checks.ts'
import { dayHeads, dayRow, dayRuns, judgeDay } from './day-goals.ts'
import { speeds } from './decision-speed.ts'
import { goalFileSchema, type GoalFile } from './goal-file.ts'
import { openJobPool, type JobPool } from './job-pool.ts'
import { holds, sayJudged, type Judged } from './judged.ts'
import { referenceChecks } from './reference-checks.ts'
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

/** What does not depend on a scenario: is the simulation right, and is it fast. */
async function ownChecks(
  { quick: short, seed, say }: BenchOptions,
  pool: JobPool,
): Promise<readonly Judged[]> {
  const formulas = closedFormChecks(seed, short)
  sayJudged(say, formulas)
  const { judged, lines } = await referenceChecks({ seed, short }, pool)
  sayJudged(say, judged)
  if (!short) for (const line of lines) say(`  outside: ${line}`)
  const timed = speeds(seed, short)
  sayJudged(say, timed)
  return [...formulas, ...judged, ...timed]
}
