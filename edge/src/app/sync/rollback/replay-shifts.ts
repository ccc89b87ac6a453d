import { paise } from '@baari/shared/units/money'
import { attendantId, shiftId } from '@baari/shared/units/names'
import type { Replay } from './replay-scope.ts'

/** One shift is open at a time: one that this file opened meanwhile stands, and a person is told. */
export const shiftOpened: Replay<'shift.opened'> = ({ tx, at, uuid }, body) => {
  const id = shiftId(uuid)
  if (tx.shifts.byId(id) !== undefined) return
  if (tx.shifts.open() !== undefined) {
    const facts = { openingCashPaise: body.openingCashPaise }
    tx.station.audit({ at, by: body.attendant, what: 'rollback.second_shift', about: id, facts })
    return
  }
  tx.shifts.add({
    id,
    attendant: attendantId(body.attendant),
    openedAt: at,
    openingCashPaise: body.openingCashPaise,
    booksAtOpen: tx.fillTotals.books(),
    closed: null,
  })
}

/** The figures are those the shift was closed with, whatever the books say today. */
export const shiftClosed: Replay<'shift.closed'> = ({ tx, at, uuid }, body) => {
  const shift = tx.shifts.byId(shiftId(uuid))
  if (shift === undefined) return
  const { countedCashPaise, expectedCashPaise, fills, grams, amountPaise } = body
  const cashPaise = paise(expectedCashPaise - shift.openingCashPaise)
  tx.shifts.close({
    ...shift,
    closed: {
      ...{ at, countedCashPaise, expectedCashPaise },
      totals: { fills, grams, amountPaise, cashPaise },
      books: tx.fillTotals.books(),
    },
  })
}
