import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, PositionNo } from '@baari/shared/units/names'
import { nozzleText } from '../../domain/position/nozzle.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { clearAlarm } from '../sync/alarm-commands.ts'
import type { FillTx } from './fill-place.ts'
import { positionAlarm } from './read-positions.ts'

export type ClearResetInput = {
  readonly position: PositionNo
  /** The manager, not who stood at the screen. */
  readonly by: AttendantId
  /** What the manager found: seal number, meter replaced, report. */
  readonly note: string
}

/**
 * `fill.clearReset`: a manager looked at the meter that went back; every frozen nozzle of the
 * position may sell again. The reset itself stays in the books as its own row for ever (D02). Head
 * office hears that the position's alarm is over.
 */
export function clearReset(
  tx: Pick<FillTx, 'fills' | 'station'> & Pick<LedgerTx, 'alarms' | 'attendants' | 'outbox'>,
  { position, by, note }: ClearResetInput,
  context: CommandContext,
): Result<{ readonly cleared: number }, Refusal> {
  if (tx.attendants.byId(by)?.role !== 'manager') return err(refusal('not_allowed'))
  const frozen = tx.fills
    .nozzles()
    .filter((record) => record.frozen && record.setup.position === position)
  if (frozen.length === 0) return err(refusal('meter_not_frozen', { position }))
  for (const record of frozen) {
    tx.fills.saveNozzle({ ...record, frozen: false })
    const about = nozzleText({ position, nozzle: record.setup.nozzle })
    tx.station.audit({ at: context.now.at, by, what: 'meter.cleared', about, facts: { note } })
  }
  clearAlarm(tx, positionAlarm(position, 'meter_reset'), context)
  return ok({ cleared: frozen.length })
}
