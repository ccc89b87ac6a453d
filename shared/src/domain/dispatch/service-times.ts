import type { VehicleClass } from '../../units/names.ts'
import { minutes, type Millis } from '../../units/time.ts'

/** Mean minutes at a position by class, change of vehicle included (lanes.md section 4). */
export const classMeans: Readonly<Record<VehicleClass, Millis>> = {
  auto: minutes(3),
  car: minutes(4.5),
  lcv: minutes(7.5),
  bus: minutes(14),
}

/** Coefficient of variation inside a class (lanes.md section 4). */
export const classVariation = 0.35

/** A standard normal number from two uniform ones in [0, 1) (Box and Muller). */
export function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}

/** A log-normal factor of mean 1 with this coefficient of variation: σ² = ln(1 + cv²). */
export function logNormalFactor(variation: number, random: () => number): number {
  const variance = Math.log(1 + variation * variation)
  return Math.exp(Math.sqrt(variance) * normal(random) - variance / 2)
}
