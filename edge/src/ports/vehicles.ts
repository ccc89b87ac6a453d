import type { Grams } from '@baari/shared/units/mass'
import type { AttendantId, FillId } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'

/** What the station wrote down about a vehicle at its first visit (product.md 7.10). */
export type VehicleRecord = {
  readonly plate: string
  readonly retestDay: DayNumber
  readonly recordedBy: AttendantId
  readonly recordedAt: Instant
  /** A manager's correction of a mistyped date outranks token and booking. */
  readonly corrected: boolean
  /** SHA-256 (hex) of the plate photo that the correction was made with. */
  readonly photoSha256: string | null
}

/** A settled fill as the limits of product.md 7.6 count it. */
export type VehicleFill = {
  readonly fill: FillId
  readonly plate: string
  readonly settledAt: Instant
  readonly grams: Grams
  readonly expectedGrams: Grams | null
}

/** A plate, RFID tag or phone by which a vehicle is known; deactivated ones find nothing. */
export type Medium = { readonly text: string; readonly plate: string; readonly active: boolean }

export type Vehicles = {
  byPlate(plate: string): VehicleRecord | undefined
  save(vehicle: VehicleRecord): void
  fillsSince(plate: string, since: Instant): readonly VehicleFill[]
  /** Called in the transaction that settles a fill of a vehicle with a plate. */
  addFill(fill: VehicleFill): void
  medium(text: string): Medium | undefined
  saveMedium(medium: Medium): void
}
