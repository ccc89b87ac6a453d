import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { ShiftRecord } from '@baari/shared/contracts/http/edge-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Paise } from '@baari/shared/units/money'
import type { AttendantId } from '@baari/shared/units/names'
import { figuresNow, shiftRecordOf } from './shift-record.ts'

export type CloseShift = { readonly by: AttendantId; readonly countedCashPaise: Paise }

/**
 * Closes the open shift with its figures fixed. Counted and expected cash stand side by side: a
 * difference is shown and never corrected here. A fill that is still open belongs to the next one.
 */
export function closeShift(
  tx: LedgerTx,
  { by, countedCashPaise }: CloseShift,
  context: CommandContext,
): Result<ShiftRecord, Refusal> {
  const { at } = context.now
  const shift = tx.shifts.open()
  if (!shift) return err(refusal('shift_closed'))
  const figures = figuresNow(tx, shift, context)
  const { totals, expectedCashPaise } = figures
  const closed = { ...shift, closed: { at, countedCashPaise, ...figures } }
  tx.shifts.close(closed)
  const { fills, grams, amountPaise } = totals
  tx.outbox.append({
    kind: 'shift.closed',
    entity: { type: 'shift', uuid: shift.id },
    body: { countedCashPaise, expectedCashPaise, fills, grams, amountPaise },
  })
  tx.station.audit({ at, by, what: 'shift.closed', about: shift.id, facts: { countedCashPaise } })
  return ok(shiftRecordOf(tx, closed, context))
}
