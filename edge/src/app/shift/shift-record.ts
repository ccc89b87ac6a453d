import { expectedCash, nozzlesOfShift } from '../../domain/shift/shift-totals.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Shift } from '../../ports/shifts.ts'
import type { ShiftRecord } from '@baari/shared/contracts/http/edge-api'

type Tx = Pick<LedgerTx, 'attendants' | 'fillTotals' | 'shifts'>

type Figures = Omit<NonNullable<Shift['closed']>, 'at' | 'countedCashPaise'>

/** A shift with its figures: running ones while it is open, the fixed ones once it is closed. */
export function shiftRecordOf(tx: Tx, shift: Shift, context: CommandContext): ShiftRecord {
  const { id, attendant, openedAt, openingCashPaise, closed } = shift
  const { totals, books, expectedCashPaise } = closed ?? figuresNow(tx, shift, context)
  const { fills, grams, amountPaise } = totals
  return {
    id,
    attendant: { id: attendant, name: tx.attendants.byId(attendant)?.name ?? '' },
    openedAtMs: openedAt,
    closedAtMs: closed?.at ?? null,
    openingCashPaise,
    countedCashPaise: closed?.countedCashPaise ?? null,
    expectedCashPaise,
    fills,
    grams,
    amountPaise,
    nozzles: [...nozzlesOfShift(shift.booksAtOpen, books)],
  }
}

/** What the fill log says of an open shift until now. */
export function figuresNow(
  { fillTotals }: Pick<LedgerTx, 'fillTotals'>,
  { openedAt, openingCashPaise }: Shift,
  { now }: CommandContext,
): Figures {
  const totals = fillTotals.totals(openedAt, now.at)
  const expectedCashPaise = expectedCash(openingCashPaise, totals.cashPaise)
  return { totals, books: fillTotals.books(), expectedCashPaise }
}

export function currentShift(
  tx: Tx,
  _input: object,
  context: CommandContext,
): ShiftRecord | undefined {
  const shift = tx.shifts.open()
  return shift && shiftRecordOf(tx, shift, context)
}
