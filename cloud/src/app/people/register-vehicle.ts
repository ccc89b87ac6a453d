import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import type { NozzleType, VehicleClass } from '@baari/shared/units/names'
import type { Drivers, Vehicle } from '../../ports/people.ts'

export type VehicleWish = {
  readonly plate: string
  readonly vehicleClass: VehicleClass
  readonly nozzle: NozzleType
  /** `YYYY-MM-DD`. */
  readonly retestValidUntil: string
}

/** A token carries the re-test day in 16 bits: up to 6 June 2149. */
const lastTokenDay = 0xffff

/**
 * Adds or corrects a driver's vehicle. A date already past is accepted, since the vehicle exists;
 * it is the booking that is refused. Refuses with plate_invalid or retest_missing.
 */
export async function registerVehicle(
  { drivers }: { readonly drivers: Drivers },
  driver: string,
  wish: VehicleWish,
): Promise<Result<Vehicle, Refusal>> {
  const plate = normalisePlate(wish.plate)
  if (!plate.ok) return plate
  const retestDay = dayOfIsoDate(wish.retestValidUntil)
  if (retestDay === undefined || retestDay < 0 || retestDay > lastTokenDay) {
    return err(refusal('retest_missing'))
  }
  const { vehicleClass, nozzle } = wish
  return ok(
    await drivers.putVehicle(driver, { plate: plate.value, vehicleClass, nozzle, retestDay }),
  )
}
