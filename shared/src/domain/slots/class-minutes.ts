import type { VehicleClass } from '../../units/names.ts'
import { milliMinutes, type MilliMinutes } from '../../units/work.ts'
import { classMilliMinutes } from './booked-work.ts'

/** Time at a position by class as this station has it, change of vehicle included. */
export type ClassMinutes = { readonly [C in VehicleClass]: MilliMinutes }

/** Weight of the newest fill, in thousandths: about the last forty fills count. */
const newestWeight = 50
/** What is learned stays within half and one and a half of the section 4 values. */
const bounds = { least: 500, most: 1_500 } as const

/**
 * The class minutes after one more completed fill: an average that forgets, clamped to ±50 % of
 * lanes.md section 4. A fill far beyond the bounds counts as one at them, so that a vehicle left at
 * the nozzle teaches little.
 */
export function learnedMinutes(
  known: ClassMinutes,
  { vehicleClass, took }: { readonly vehicleClass: VehicleClass; readonly took: MilliMinutes },
): ClassMinutes {
  const seen = clamped(vehicleClass, took)
  const before = known[vehicleClass]
  const next = Math.round((before * (1_000 - newestWeight) + seen * newestWeight) / 1_000)
  return { ...known, [vehicleClass]: milliMinutes(clamped(vehicleClass, next)) }
}

/** Class minutes told by a station, kept within the bounds; what it does not tell is the usual. */
export function boundedMinutes(told: Partial<Record<VehicleClass, unknown>>): ClassMinutes {
  const of = (vehicleClass: VehicleClass): MilliMinutes => {
    const value = told[vehicleClass]
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? milliMinutes(clamped(vehicleClass, value))
      : classMilliMinutes[vehicleClass]
  }
  return { auto: of('auto'), car: of('car'), lcv: of('lcv'), bus: of('bus') }
}

function clamped(vehicleClass: VehicleClass, value: number): number {
  const usual = classMilliMinutes[vehicleClass]
  const [least, most] = [(usual * bounds.least) / 1_000, (usual * bounds.most) / 1_000]
  return Math.min(most, Math.max(least, value))
}
