import type { Chance } from '../../forecast/chance.ts'
import type { ChoiceTable } from '../choice-table.ts'
import { cholesky, solveUpper } from '../cholesky.ts'
import type { SlotRanker } from './slot-ranker.ts'
import { slotDesign } from './slot-table.ts'

/** Draws that the propensity is counted over. */
export const thompsonDraws = 64

export type Explored = {
  readonly row: number
  /** Share of the draws that would have put it there: never 0 for the one that is put there. */
  readonly propensity: number
  readonly explored: boolean
}

export type PlaceAsked = {
  readonly ranker: SlotRanker
  /** One case of slots. */
  readonly table: ChoiceTable
  readonly score: Float64Array
  /** Rows that may have the place, best first. */
  readonly among: readonly number[]
}

/**
 * Who gets one place by Thompson sampling: weights are drawn from their posterior (Laplace), and the
 * best of the rows under them has the place. Of a fixed number of draws one is taken, so that the
 * propensity that is logged is the very chance it had.
 */
export function explorePlace(
  { ranker, table, score, among }: PlaceAsked,
  chance: Chance,
): Explored | undefined {
  const [best] = among
  if (best === undefined) return undefined
  const { rows } = slotDesign(table)
  const width = ranker.weights.length
  const lower = cholesky(ranker.precision, width)
  const winners = Array.from({ length: thompsonDraws }, () => {
    const shift = solveUpper(lower, normals(width, chance))
    let top = { row: best, value: Number.NEGATIVE_INFINITY }
    for (const row of among) {
      let value = score[row]!
      for (let term = 0; term < width; term += 1) value += rows[row * width + term]! * shift[term]!
      if (value > top.value) top = { row, value }
    }
    return top.row
  })
  const row = winners[Math.floor(chance() * thompsonDraws)] ?? best
  const propensity = winners.filter((one) => one === row).length / thompsonDraws
  return { row, propensity, explored: row !== best }
}

/** Standard normal numbers (Box and Muller). */
function normals(count: number, chance: Chance): Float64Array {
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - chance()))
    return radius * Math.cos(2 * Math.PI * chance())
  })
}
