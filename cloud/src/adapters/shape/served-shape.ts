import type { GatedShape } from './shape-definition.ts'
import type { CapturedTable } from './table-catalog.ts'

/** A shape with the handle it is served under. */
export type ServedShape = {
  readonly handle: string
  readonly gated: GatedShape
  readonly table: CapturedTable
  readonly baseSeq: number
  readonly chunks: number
}

/** A shape as it was asked for, on the table as it is now. */
export type AskedShape = { readonly gated: GatedShape; readonly table: CapturedTable }
