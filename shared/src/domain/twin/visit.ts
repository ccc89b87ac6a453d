import { classMeans, classVariation, logNormalFactor } from '../dispatch/service-times.ts'
import { ticketId, type NozzleType, type TicketId, type VehicleClass } from '../../units/names.ts'
import { instant, millis, type Instant, type Millis } from '../../units/time.ts'
import type { Stream } from './chance.ts'

/** One vehicle of a simulated day, everything about it drawn before the day begins. */
export type Visit = {
  readonly ticket: TicketId
  readonly arrival: Instant
  /** Window start *s*; absent for a walk-in. */
  readonly windowStart?: Instant
  readonly vehicleClass: VehicleClass
  readonly nozzles: readonly NozzleType[]
  /** Time at the position, change of vehicles included. */
  readonly service: Millis
  /** Staging sees the remaining time of this fill times this factor. */
  readonly seenFactor: number
}

/** Shares of the classes at a station (lanes.md section 4). */
export type ClassShares = Readonly<Record<VehicleClass, number>>

export const usualShares: ClassShares = { auto: 0.5, car: 0.4, lcv: 0.08, bus: 0.02 }

/** Spread of what staging sees of the remaining time (lanes.md section 4). */
export const stagingVariation = 0.2

/** Mean time at a position over all classes: 4.18 min for the usual shares. */
export function meanService(shares: ClassShares): Millis {
  const classes = ['auto', 'car', 'lcv', 'bus'] as const
  return millis(classes.reduce((sum, one) => sum + shares[one] * classMeans[one], 0))
}

/** Squared coefficient of variation over all classes: 0.35 for the usual shares. */
export function squaredVariation(shares: ClassShares): number {
  const classes = ['auto', 'car', 'lcv', 'bus'] as const
  const second = classes.reduce((sum, one) => sum + shares[one] * classMeans[one] ** 2, 0)
  return (second * (1 + classVariation ** 2)) / meanService(shares) ** 2 - 1
}

/** The simulated station's first instant; simulated time is counted from it. */
export const dayZero: Instant = instant(0)

export function simInstant(ms: number): Instant {
  return instant(Math.round(ms))
}

/** The ticket of the n-th vehicle of a run. */
export function simTicket(n: number): TicketId {
  return ticketId(`00000000-0000-7000-8000-${n.toString().padStart(12, '0')}`)
}

export type Drawn = Pick<Visit, 'vehicleClass' | 'service'>

/** A vehicle's class and its time at the position. */
export function drawVehicle(shares: ClassShares, random: Stream): Drawn {
  const vehicleClass = classAt(shares, random())
  const service = classMeans[vehicleClass] * logNormalFactor(classVariation, random)
  return { vehicleClass, service: millis(Math.max(1, Math.round(service))) }
}

function classAt({ auto, car, lcv }: ClassShares, u: number): VehicleClass {
  if (u < auto) return 'auto'
  if (u < auto + car) return 'car'
  return u < auto + car + lcv ? 'lcv' : 'bus'
}

/** Arrivals in their order; between equal ones the one made first. */
export function byArrival<V extends { readonly arrival: Instant }>(
  visits: readonly V[],
): readonly V[] {
  return visits.toSorted((a, b) => a.arrival - b.arrival)
}
