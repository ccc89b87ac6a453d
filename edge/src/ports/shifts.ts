import type { NozzleBook, SaleTotals } from './fill-totals.ts'
import type { Paise } from '@baari/shared/units/money'
import type { AttendantId, ShiftId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

export type Shift = {
  readonly id: ShiftId
  readonly attendant: AttendantId
  readonly openedAt: Instant
  readonly openingCashPaise: Paise
  /** Books of every nozzle when the shift opened; the shift's own grams are the differences. */
  readonly booksAtOpen: readonly NozzleBook[]
  readonly closed: {
    readonly at: Instant
    readonly countedCashPaise: Paise
    readonly expectedCashPaise: Paise
    readonly totals: SaleTotals
    readonly books: readonly NozzleBook[]
  } | null
}

/** One open shift per station: a second `add` breaks the unique index and is a bug. */
export type Shifts = {
  open(): Shift | undefined
  byId(id: ShiftId): Shift | undefined
  add(shift: Shift): void
  close(shift: Shift): void
}
