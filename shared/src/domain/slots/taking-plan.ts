import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import { grams, type Grams } from '../../units/mass.ts'
import { minutes, type Instant } from '../../units/time.ts'
import { milliMinutes, type MilliMinutes } from '../../units/work.ts'

/** A booking may take work from its own cell up to s+30 (lanes.md section 3, "Taking minutes"). */
export const takingSpan = minutes(30)

/** What is still free in a cell; never below zero, also where a shrink left the cell oversold. */
export type FreeCell = {
  readonly start: Instant
  readonly work: MilliMinutes
  readonly gas: Grams
}

export type Need = { readonly work: MilliMinutes; readonly gas: Grams }

/**
 * How much to take from which cell: in ascending order as much as each still has, work and gas
 * each on its own, until both are placed. `window_full` when the cells up to s+30 do not suffice.
 * The plan decides nothing: the conditional UPDATE and the CHECK of the cell do.
 */
export function planTaking(
  cells: readonly FreeCell[],
  need: Need,
): Result<readonly FreeCell[], Refusal> {
  let { work, gas }: { work: number; gas: number } = need
  const taken: FreeCell[] = []
  for (const cell of cells.toSorted((a, b) => a.start - b.start)) {
    if (work === 0 && gas === 0) break
    const take = {
      start: cell.start,
      work: milliMinutes(Math.min(work, cell.work)),
      gas: grams(Math.min(gas, cell.gas)),
    }
    work -= take.work
    gas -= take.gas
    if (take.work > 0 || take.gas > 0) taken.push(take)
  }
  return work === 0 && gas === 0 ? ok(taken) : err(refusal('window_full'))
}

/** How many bookings of this need the cells could still place one after the other. */
export function roomFor(cells: readonly Need[], need: Need): number {
  const work = cells.reduce((sum, cell) => sum + cell.work, 0)
  const gas = cells.reduce((sum, cell) => sum + cell.gas, 0)
  const byWork = need.work === 0 ? Infinity : Math.floor(work / need.work)
  const byGas = need.gas === 0 ? Infinity : Math.floor(gas / need.gas)
  return Math.min(byWork, byGas)
}
