import { columnOf, type FeatureTable } from './feature-table.ts'

/** A table whose values are replaced by the number of their bin; bin 0 is missing. */
export type BinnedTable = {
  readonly features: number
  readonly rows: number
  /** Bin of feature `f` in row `r` at `f * rows + r`. */
  readonly bins: Uint8Array
  /** First place of a feature's bins in a histogram; one more entry holds the total. */
  readonly offsets: Int32Array
  /** Upper bounds of the bins 1, 2, …; the last bin has none. */
  readonly cuts: readonly Float32Array[]
}

/** Bin 0 and at most 254 bins of values fit a byte. */
const valueBinsMax = 254

/** More rows than this do not move a quantile cut by anything that matters. */
const sampleMax = 20_000

/**
 * Cuts every feature into at most 254 bins of about equal share, and one for missing values.
 * A cut lies between two distinct values and is a float32.
 */
export function binTable(table: FeatureTable, binsMax = valueBinsMax): BinnedTable {
  const features = table.names.length
  const bins = new Uint8Array(table.cells.length)
  const offsets = new Int32Array(features + 1)
  const cuts: Float32Array[] = []
  for (let feature = 0; feature < features; feature += 1) {
    const column = columnOf(table, feature)
    const own = cutsOf(column, Math.min(binsMax, valueBinsMax))
    cuts.push(own)
    offsets[feature + 1] = offsets[feature]! + own.length + 2
    fillBins(column, own, bins.subarray(feature * table.rows, (feature + 1) * table.rows))
  }
  return { features, rows: table.rows, bins, offsets, cuts }
}

function cutsOf(column: Float32Array, binsMax: number): Float32Array {
  const stride = Math.max(1, Math.ceil(column.length / sampleMax))
  const sample: number[] = []
  for (let at = 0; at < column.length; at += stride) {
    if (!Number.isNaN(column[at]!)) sample.push(column[at]!)
  }
  const sorted = Float32Array.from(sample).sort()
  const distinct = sorted.filter((value, at) => at === 0 || value !== sorted[at - 1])
  if (distinct.length <= binsMax) {
    return Float32Array.from({ length: Math.max(0, distinct.length - 1) }, (_, at) =>
      cutBetween(distinct[at]!, distinct[at + 1]!),
    )
  }
  const found = new Set<number>()
  for (let part = 1; part < binsMax; part += 1) {
    const value = sorted[Math.floor((part * sorted.length) / binsMax)]!
    const above = nextAbove(distinct, value)
    if (above !== undefined) found.add(cutBetween(value, above))
  }
  return Float32Array.from(found).sort()
}

/** A float32 not below `low` and below `high`. */
function cutBetween(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2)
  return middle >= low && middle < high ? middle : low
}

function nextAbove(distinct: Float32Array, value: number): number | undefined {
  let from = 0
  let to = distinct.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (distinct[middle]! <= value) from = middle + 1
    else to = middle
  }
  return distinct[from]
}

function fillBins(column: Float32Array, cuts: Float32Array, bins: Uint8Array): void {
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row]!
    bins[row] = Number.isNaN(value) ? 0 : 1 + lowerCut(cuts, value)
  }
}

/** How many cuts lie below the value: a value on a cut belongs to the bin that ends there. */
function lowerCut(cuts: Float32Array, value: number): number {
  let from = 0
  let to = cuts.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (cuts[middle]! < value) from = middle + 1
    else to = middle
  }
  return from
}
