import { meanOf } from '@baari/shared/domain/twin/statistics'
import type { Waits } from '@baari/shared/domain/twin/waits'
import { steadySchema } from '@baari/shared/contracts/twin/scenario'
import { steadyOf } from '@baari/shared/contracts/twin/scenario-station'
import type { JobPool } from './job-pool.ts'
import type { Judged } from './judged.ts'
import { meanWait } from '@baari/shared/domain/twin/closed-forms'
import { allClasses } from './closed-form-checks.ts'
import { chanceOf, outsideOf, type Compared } from './reference-judge.ts'
import type { ReferenceRun } from './reference-run.ts'
import { referenceCells, tableLength, type ReferenceCell } from './reference-table.ts'

const quick = { replications: 3, days: 6, warmUpDays: 1 }

type Length = typeof tableLength

const columns = ['allMean', 'bookedP95', 'walkInMean', 'walkInP95'] as const

/** Section 5: B within 8 % of the formula, or its interval. */
const near = 0.08

export type ReferenceResult = {
  readonly judged: readonly Judged[]
  readonly lines: readonly string[]
}

/** Plays every policy of the table and says which figures lie outside. */
export async function referenceChecks(
  { seed, short }: { readonly seed: number; readonly short: boolean },
  pool: JobPool,
): Promise<ReferenceResult> {
  const length = short ? quick : tableLength
  const cells = referenceCells()
  const judged: Judged[] = []
  const compared: Compared[] = []
  for (const [positions, load] of stations(cells)) {
    const runs = await played({ positions, load, seed }, length, pool)
    judged.push(...(short ? [] : [againstFormula(runs, positions, load)]))
    const here = cells.filter((cell) => cell.positions === positions && cell.load === load)
    compared.push(...here.flatMap((cell) => comparedOf(cell, runs)))
  }
  const outside = outsideOf(compared)
  judged.push({
    ...{ name: 'reference_figures_outside', value: outside.length, op: '<=' },
    // A slice has intervals as wide as anything; it only shows that the policies run.
    ...{ goal: short ? compared.length : 0, shown: `${outside.length} of ${compared.length}` },
  })
  return { judged, lines: outside.map(lineOf) }
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

/** Every figure the table has of one policy at one station beside ours. */
export function comparedOf(
  cell: ReferenceCell,
  runs: readonly Readonly<Partial<Record<string, Waits>>>[],
): readonly Compared[] {
  return columns.flatMap((column) => {
    const table = cell[column]
    if (table === undefined) return []
    const ours = meanOf(runs.map((run) => run[cell.policy]?.[column] ?? NaN))
    const name = `c=${cell.positions} ρ=${cell.load} ${cell.policy} ${column}`
    return [{ name, table, ours, replications: runs.length }]
  })
}

function lineOf(one: Compared): string {
  const { name, table, ours } = one
  const chance = chanceOf(one).toExponential(0)
  const half = ours.high - ours.mean
  return `${name}: ${ours.mean.toFixed(2)} ±${half.toFixed(2)}, table ${table.mean} ±${table.half}, chance ${chance}`
}
