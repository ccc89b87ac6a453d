import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { istDay } from '@baari/shared/units/ist-calendar'
import type { AttendantId } from '@baari/shared/units/names'
import type { DayNumber } from '@baari/shared/units/time'

export type TypedDetails = {
  readonly plate?: string | undefined
  readonly retestDay?: DayNumber | undefined
  readonly by: AttendantId
}

export type VehicleDetails = { readonly plate: string | null; readonly retestDay: DayNumber | null }

/**
 * Plate and re-test date as typed, completed from the vehicle's record. A date given for a plate
 * without a record is recorded with the attendant's name; a record is only changed by the
 * manager's correction, so that nobody talks an expired cylinder into date (product.md 7.10).
 */
export function retestOf(
  tx: Pick<LedgerTx, 'vehicles' | 'outbox'>,
  { plate: text, retestDay, by }: TypedDetails,
  context: CommandContext,
): Result<VehicleDetails, Refusal> {
  const plate = text === undefined ? ok(null) : normalisePlate(text)
  if (!plate.ok) return plate
  if (plate.value === null) return inDate({ plate: null, retestDay: retestDay ?? null }, context)
  const record = tx.vehicles.byPlate(plate.value)
  const details = { plate: plate.value, retestDay: record?.retestDay ?? retestDay ?? null }
  const checked = inDate(details, context)
  if (!record && retestDay !== undefined) {
    recordVehicle(tx, { plate: plate.value, retestDay, by }, context)
  }
  return checked
}

function inDate(details: VehicleDetails, { now }: CommandContext): Result<VehicleDetails, Refusal> {
  const { retestDay } = details
  return retestDay !== null && retestDay < istDay(now.at)
    ? err(refusal('retest_expired', { retestDay }))
    : ok(details)
}

export type RecordVehicle = {
  readonly plate: string
  readonly retestDay: DayNumber
  readonly by: AttendantId
  /** SHA-256 of the plate photo, for a manager's correction. */
  readonly photoSha256?: string
}

export function recordVehicle(
  tx: Pick<LedgerTx, 'vehicles' | 'outbox'>,
  { plate, retestDay, by, photoSha256 = undefined }: RecordVehicle,
  { now, ids }: CommandContext,
): void {
  const corrected = photoSha256 !== undefined
  const photo = photoSha256 ?? null
  tx.vehicles.save({
    plate,
    retestDay,
    recordedBy: by,
    recordedAt: now.at,
    corrected,
    photoSha256: photo,
  })
  tx.outbox.append({
    kind: 'vehicle.recorded',
    entity: { type: 'vehicle', uuid: ids.uuid() },
    body: { plate, retestDay, by, corrected, photoSha256: photo },
  })
}
