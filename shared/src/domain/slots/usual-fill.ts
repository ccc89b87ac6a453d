import { grams, type Grams } from '../../units/mass.ts'
import type { VehicleClass } from '../../units/names.ts'
import { perMille } from '../../units/work.ts'

/** Usual fill of a class, preset until the driver changes it. */
export const usualFill: { readonly [C in VehicleClass]: Grams } = {
  auto: grams(4_000),
  car: grams(8_000),
  lcv: grams(15_000),
  bus: grams(60_000),
}

/** Show probability until cohorts are learned: nine of ten come (lanes.md section 4). */
export const showProbability = perMille(900)
