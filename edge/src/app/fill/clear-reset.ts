import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId } from '@baari/shared/units/names'
import { nozzleText, type NozzleKey } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { FillTx } from './fill-place.ts'

export type ClearResetInput = {
  readonly key: NozzleKey
  readonly by: AttendantId
  /** What the manager found: seal number, meter replaced, report. */
  readonly note: string
}

/**
 * `fill.clearReset`: a manager looked at the meter that went back; the nozzle may sell again. The
 * reset itself stays in the books as its own row for ever (D02).
 */
export function clearReset(
  tx: Pick<FillTx, 'fills' | 'station'> & Pick<LedgerTx, 'attendants'>,
  { key, by, note }: ClearResetInput,
  { now }: CommandContext,
): Result<{ readonly frozen: false }, Refusal> {
  if (tx.attendants.byId(by)?.role !== 'manager') return err(refusal('not_allowed'))
  const record = tx.fills.nozzle(key)
  if (record === undefined) return err(refusal('position_unavailable', { condition: 'unknown' }))
  tx.fills.saveNozzle({ ...record, frozen: false })
  const about = nozzleText(key)
  tx.station.audit({ at: now.at, by, what: 'meter.cleared', about, facts: { note } })
  return ok({ frozen: false })
}
