import type { BinnedTable } from './bins.ts'

/** Gradient and curvature of the loss of each row at the present prediction. */
export type Slopes = { readonly gradient: Float64Array; readonly hessian: Float64Array }

/** Sums of gradient and curvature by bin, the two of a bin side by side. */
export type Histogram = Float64Array

export function emptyHistogram(table: BinnedTable): Histogram {
  return new Float64Array(2 * table.offsets[table.features]!)
}

/** Rows `from` to `to` of the order, with their slopes in that order. */
export type RowRange = {
  readonly order: Int32Array
  readonly from: number
  readonly to: number
}

/**
 * Sums the slopes of the rows into the histogram, feature by feature, so that the column and its
 * part of the histogram stay in the nearest cache.
 */
export function fillHistogram(
  table: BinnedTable,
  { range, slopes, features }: FillOf,
  into: Histogram,
): void {
  const { order, from, to } = range
  const count = to - from
  const gradient = new Float64Array(count)
  const hessian = new Float64Array(count)
  for (let at = 0; at < count; at += 1) {
    const row = order[from + at]!
    gradient[at] = slopes.gradient[row]!
    hessian[at] = slopes.hessian[row]!
  }
  into.fill(0)
  for (const feature of features) {
    const start = feature * table.rows
    const offset = table.offsets[feature]!
    for (let at = 0; at < count; at += 1) {
      const place = 2 * (offset + table.bins[start + order[from + at]!]!)
      into[place] = into[place]! + gradient[at]!
      into[place + 1] = into[place + 1]! + hessian[at]!
    }
  }
}

export type FillOf = {
  readonly range: RowRange
  readonly slopes: Slopes
  readonly features: Int32Array
}

/** Turns a parent's histogram into that of its other child. */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  for (let at = 0; at < parent.length; at += 1) parent[at] = parent[at]! - child[at]!
}
