import { grams, type Grams } from '@baari/shared/units/mass'
import type { VehicleClass } from '@baari/shared/units/names'

/**
 * The most one fill may take by class: what ends a sale that nobody watches, not an estimate of
 * the cylinder. Usual fills are 3-4 kg for autos, 8-10 kg for cars and 60 kg for buses.
 */
const ceilings: { readonly [C in VehicleClass]: Grams } = {
  auto: grams(6_000),
  car: grams(15_000),
  lcv: grams(30_000),
  bus: grams(150_000),
}

/** Below this a dispenser cannot meter a sale to its error limits. */
export const smallestLimit = grams(500)

/** The preset sent to the dispenser: what the attendant asked for, inside the class's ceiling. */
export function fillLimit(vehicleClass: VehicleClass, asked: Grams | null): Grams {
  const ceiling = ceilings[vehicleClass]
  if (asked === null) return ceiling
  return grams(Math.min(ceiling, Math.max(smallestLimit, asked)))
}

/** Gas above the preset beyond what closing a valve takes is an alarm (D10). */
export function overran(delivered: Grams, limit: Grams, tolerance: Grams): boolean {
  return delivered > limit + tolerance
}
