import type { SaleView } from '@baari/shared/contracts/live/station-view'
import type { Grams } from '@baari/shared/units/mass'
import type { Paise } from '@baari/shared/units/money'
import type { PositionNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** Running books of one nozzle since installation, out of the fill log. */
export type NozzleBook = {
  readonly position: PositionNo
  readonly totaliserGrams: Grams
  readonly settledGrams: Grams
  readonly orphanGrams: Grams
}

export type SaleTotals = {
  readonly fills: number
  readonly grams: Grams
  readonly amountPaise: Paise
  readonly cashPaise: Paise
}

/** What shifts, the live view and the sync status ask the fill log; the fill's own adapter answers. */
export type FillTotals = {
  books(): readonly NozzleBook[]
  /** Settled fills and collected cash from `since` (included) to `until` (excluded). */
  totals(since: Instant, until: Instant): SaleTotals
  /** Newest first. */
  lastSales(limit: number): readonly SaleView[]
}
