import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId } from '@baari/shared/units/names'
import type { DayNumber } from '@baari/shared/units/time'
import { recordVehicle } from './retest-of.ts'

export type CorrectVehicle = {
  readonly plate: string
  readonly retestDay: DayNumber
  readonly by: AttendantId
  /** SHA-256 (hex) of the photo of the plate: without one there is no correction. */
  readonly photoSha256: string
}

/** A shift manager replaces a mistyped re-test date. Nobody else may, and never without a photo. */
export function correctVehicle(
  tx: LedgerTx,
  { plate: text, retestDay, by, photoSha256 }: CorrectVehicle,
  context: CommandContext,
): Result<{ readonly plate: string }, Refusal> {
  const manager = tx.attendants.byId(by)
  if (manager?.role !== 'manager') return err(refusal('not_allowed'))
  const plate = normalisePlate(text)
  if (!plate.ok) return plate
  const before = tx.vehicles.byPlate(plate.value)?.retestDay ?? null
  recordVehicle(tx, { plate: plate.value, retestDay, by, photoSha256 }, context)
  tx.station.audit({
    at: context.now.at,
    by,
    what: 'vehicle.corrected',
    about: plate.value,
    facts: { before, after: retestDay, photoSha256 },
  })
  return ok({ plate: plate.value })
}
