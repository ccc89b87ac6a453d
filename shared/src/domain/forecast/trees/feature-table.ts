/**
 * Rows of features, column-major and in float32 as the model's inputs are everywhere, so that a
 * row on a threshold falls to the same side in the trainer, in JS and in the ONNX runtime. NaN is
 * missing.
 */
export type FeatureTable = {
  readonly names: readonly string[]
  readonly rows: number
  /** Value of feature `f` in row `r` at `f * rows + r`. */
  readonly cells: Float32Array
}

/** The column of one feature, without copying. */
export function columnOf(table: FeatureTable, feature: number): Float32Array {
  return table.cells.subarray(feature * table.rows, (feature + 1) * table.rows)
}

/** The rows of a table that are named, in that order. */
export function pickRows(table: FeatureTable, rows: Int32Array): FeatureTable {
  const cells = new Float32Array(table.names.length * rows.length)
  for (let feature = 0; feature < table.names.length; feature += 1) {
    const column = columnOf(table, feature)
    const to = feature * rows.length
    for (let at = 0; at < rows.length; at += 1) cells[to + at] = column[rows[at]!]!
  }
  return { names: table.names, rows: rows.length, cells }
}

/** Row-major copy, the input form of the ONNX runtime. */
export function rowMajor({ names, rows, cells }: FeatureTable): Float32Array {
  const out = new Float32Array(cells.length)
  for (let feature = 0; feature < names.length; feature += 1) {
    for (let row = 0; row < rows; row += 1) {
      out[row * names.length + feature] = cells[feature * rows + row]!
    }
  }
  return out
}
