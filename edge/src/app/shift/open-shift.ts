import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Shift } from '../../ports/shifts.ts'
import type { ShiftRecord } from '@baari/shared/contracts/http/edge-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Paise } from '@baari/shared/units/money'
import { shiftId, type AttendantId } from '@baari/shared/units/names'
import { shiftRecordOf } from './shift-record.ts'

export type OpenShift = { readonly by: AttendantId; readonly openingCashPaise: Paise }

/** Opens the station's one shift with the books of every nozzle as they stand. */
export function openShift(
  tx: LedgerTx,
  { by, openingCashPaise }: OpenShift,
  context: CommandContext,
): Result<ShiftRecord, Refusal> {
  const { now, ids } = context
  const current = tx.shifts.open()
  if (current) return err(refusal('shift_open'))
  const shift: Shift = {
    id: shiftId(ids.uuid()),
    attendant: by,
    openedAt: now.at,
    openingCashPaise,
    booksAtOpen: tx.fillTotals.books(),
    closed: null,
  }
  tx.shifts.add(shift)
  tx.outbox.append({
    kind: 'shift.opened',
    entity: { type: 'shift', uuid: shift.id },
    body: { attendant: by, openingCashPaise },
  })
  return ok(shiftRecordOf(tx, shift, context))
}
