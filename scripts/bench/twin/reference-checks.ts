import { meanOf, type Estimate } from '@baari/shared/domain/twin/statistics'
import type { Waits } from '@baari/shared/domain/twin/waits'
import { steadySchema } from '@baari/shared/contracts/twin/scenario'
import { steadyOf } from '@baari/shared/contracts/twin/scenario-station'
import type { JobPool } from './job-pool.ts'
import type { Judged } from './judged.ts'
import { meanWait } from '@baari/shared/domain/twin/closed-forms'
import { allClasses } from './closed-form-checks.ts'
import type { ReferenceRun } from './reference-run.ts'
import { referenceCells, type Figure, type ReferenceCell } from './reference-table.ts'

/** As the table was made: 24 replications of 24 days, four of them warm-up. */
const long = { replications: 24, days: 24, warmUpDays: 4 }
const quick = { replications: 3, days: 6, warmUpDays: 1 }

type Length = typeof long

const columns = ['allMean', 'bookedP95', 'walkInMean', 'walkInP95'] as const

/** Section 5: 8 % or the intervals; time before a window is counted otherwise in B′ and D. */
const near = 0.08
const nearForWindows = 0.13

export type ReferenceResult = {
  readonly judged: readonly Judged[]
  readonly lines: readonly string[]
}

/** Plays every policy of the table and says which figures lie outside. */
export async function referenceChecks(
  { seed, short }: { readonly seed: number; readonly short: boolean },
  pool: JobPool,
): Promise<ReferenceResult> {
  const length = short ? quick : long
  const cells = referenceCells()
  const lines: string[] = []
  const judged: Judged[] = []
  let compared = 0
  let outside = 0
  for (const [positions, load] of stations(cells)) {
    const runs = await played({ positions, load, seed }, length, pool)
    judged.push(...(short ? [] : [againstFormula(runs, positions, load)]))
    const here = cells.filter((cell) => cell.positions === positions && cell.load === load)
    for (const cell of here) {
      const off = outsideOf(cell, runs)
      compared += columns.filter((column) => cell[column] !== undefined).length
      outside += off.length
      lines.push(...off)
    }
  }
  const shown = `${outside} of ${compared}`
  // A slice has intervals as wide as anything; it only shows that the policies run.
  const bar = short ? compared : 0
  judged.push({ name: 'reference_figures_outside', value: outside, op: '<=', goal: bar, shown })
  return { judged, lines }
}

function stations(cells: readonly ReferenceCell[]): readonly (readonly [number, number])[] {
  const keys = new Set(cells.map(({ positions, load }) => `${positions} ${load}`))
  return [...keys].map((key) => {
    const [positions = 0, load = 0] = key.split(' ').map(Number)
    return [positions, load] as const
  })
}

function played(
  { positions, load, seed }: { positions: number; load: number; seed: number },
  { replications, days, warmUpDays }: Length,
  pool: JobPool,
): Promise<readonly ReferenceRun[]> {
  const scenario = steadyOf(steadySchema.parse({ positions, load, stagingNoise: false }), days)
  return pool.run<'reference'>(
    Array.from({ length: replications }, (_, replication) => ({
      kind: 'reference' as const,
      ...{ scenario, warmUpDays, seed: { seed, replication } },
    })),
  )
}

/** B against the closed form of M/G/c: within 8 %, or its own interval. */
function againstFormula(runs: readonly ReferenceRun[], positions: number, load: number): Judged {
  const { mean, high } = meanOf(runs.map(({ B }) => B.allMean))
  const exact = meanWait({ servers: positions, load, ...allClasses })
  const off = Math.max(0, Math.abs(mean - exact) - (high - mean)) / exact
  const name = `mgc_c${positions}_r${Math.round(load * 100)}_off`
  const shown = `${mean.toFixed(2)} ±${(high - mean).toFixed(2)} for ${exact.toFixed(2)}`
  return { name, value: off, op: '<=', goal: near, shown }
}

function outsideOf(cell: ReferenceCell, runs: readonly ReferenceRun[]): readonly string[] {
  return columns.flatMap((column) => {
    const figure = cell[column]
    const estimate = meanOf(runs.map((run) => waitsIn(run, cell.policy)[column]))
    if (isNear(cell.policy, { figure, estimate })) return []
    const { mean, high } = estimate
    const ours = `${mean.toFixed(2)} ±${(high - mean).toFixed(2)}`
    const theirs = `${figure?.mean} ±${figure?.half}`
    return [`c=${cell.positions} ρ=${cell.load} ${cell.policy} ${column}: ${ours}, table ${theirs}`]
  })
}

function waitsIn(run: ReferenceRun, policy: string): Waits {
  const found = Object.entries(run).find(([name]) => name === policy)
  return found?.[1] ?? run.B
}

type Compared = { readonly figure: Figure; readonly estimate: Estimate }

/** The table is rounded to its last digit, which counts as part of its interval. */
function isNear(policy: string, { figure, estimate }: Compared): boolean {
  if (figure === undefined) return true
  const off = Math.abs(estimate.mean - figure.mean)
  const share = policy === 'B2' || policy.startsWith('D') ? nearForWindows : near
  const intervals = estimate.high - estimate.mean + figure.half + 0.05
  return off <= Math.max(share * figure.mean, intervals)
}
