import type { DemandTable } from './demand-table.ts'

/** Rows of one table, and the cell each belongs to. */
export type PlacedRows = {
  readonly table: DemandTable
  readonly rows: readonly number[]
  readonly cells: Int32Array
}

/** −1 where there is none. */
export function lastCell(cells: Int32Array): number {
  let last = -1
  for (const cell of cells) if (cell > last) last = cell
  return last
}

export function placed(
  table: DemandTable,
  rows: readonly number[],
  cellOf: (at: number) => number,
): PlacedRows {
  const cells = new Int32Array(rows.length)
  for (let at = 0; at < rows.length; at += 1) cells[at] = cellOf(table.at[rows[at]!]!)
  return { table, rows, cells }
}

/** @returns how many rows spoke of a cell that already had a value */
export function putValues(values: Float64Array, { table, rows, cells }: PlacedRows): number {
  let duplicate = 0
  for (let at = 0; at < rows.length; at += 1) {
    const value = table.value[rows[at]!]!
    if (Number.isNaN(value)) continue
    const cell = cells[at]!
    if (!Number.isNaN(values[cell]!)) duplicate += 1
    values[cell] = value
  }
  return duplicate
}

/** Cells without a row have the offset of the last one that had. */
export function offsetsOf(count: number, told: readonly PlacedRows[]): Int16Array {
  const unset = 32_767
  const offsets = new Int16Array(count).fill(unset)
  for (const { table, rows, cells } of told) {
    for (let at = 0; at < rows.length; at += 1) {
      offsets[cells[at]!] = table.offsetMinutes[rows[at]!]!
    }
  }
  let last = offsets.find((minutes) => minutes !== unset) ?? 0
  for (let cell = 0; cell < count; cell += 1) {
    if (offsets[cell] === unset) offsets[cell] = last
    else last = offsets[cell]!
  }
  return offsets
}

/** What local time is ahead of UTC, minutes, where the clocks never change; undefined elsewhere. */
export function onlyOffset(tables: readonly DemandTable[]): number | undefined {
  const first = tables[0]?.offsetMinutes[0]
  for (const { offsetMinutes } of tables) {
    for (const minutes of offsetMinutes) if (minutes !== first) return undefined
  }
  return first
}
