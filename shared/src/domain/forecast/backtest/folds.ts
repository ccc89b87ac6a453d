import type { RowSet } from '../pool/training-set.ts'

/** Models of a fold learn from rows before `from` and are judged on rows from there to `to`. */
export type Fold = { readonly from: number; readonly to: number; readonly rows: Int32Array }

/** Fewer rows or days than this and a learned model is not tried. */
const rowsMin = 400
const daysMin = 28

/**
 * Two rolling origins inside the history, at three and four fifths of its time stamps; none when
 * the history is too short to judge a model by.
 */
export function foldsOf({ at }: Pick<RowSet, 'at'>): readonly Fold[] {
  const times = [...new Set(at)].sort((a, b) => a - b)
  const first = times[0] ?? 0
  const last = times[times.length - 1] ?? 0
  if (at.length < rowsMin || last - first < daysMin * 86_400_000) return []
  const cut = (share: number): number => times[Math.floor(share * times.length)] ?? last
  const ends = [cut(0.6), cut(0.8), last + 1]
  return [0, 1].map((fold) => {
    const from = ends[fold]!
    const to = ends[fold + 1]!
    const rows = Int32Array.from(rowsBetween(at, from, to))
    return { from, to, rows }
  })
}

function* rowsBetween(at: Float64Array, from: number, to: number): Generator<number> {
  for (let row = 0; row < at.length; row += 1) {
    if (at[row]! >= from && at[row]! < to) yield row
  }
}
