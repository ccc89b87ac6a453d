import { instant, type Instant } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import type { DispatchState, Vehicle } from './dispatch-state.ts'

/** Which of the two queues a vehicle stands in at `now`: standby joins the booked one at s−5. */
export function queueOf(
  vehicle: Vehicle,
  now: Instant,
  config: DispatchConfig,
): 'booked' | 'walk-in' {
  if (vehicle.line !== 'standby' || vehicle.windowStart === undefined) {
    return vehicle.line === 'booked' ? 'booked' : 'walk-in'
  }
  return vehicle.windowStart - now <= config.bookedFrom ? 'booked' : 'walk-in'
}

/** `max(arrival, s)`: nobody moves up in the booked queue by coming early. */
export function bookedKey(vehicle: Vehicle): Instant {
  return instant(Math.max(vehicle.arrival, vehicle.windowStart ?? vehicle.arrival))
}

/** The vehicles that may be picked, each queue in its order. */
export type Queues = { readonly booked: readonly Vehicle[]; readonly walkIn: readonly Vehicle[] }

type Kept = (vehicle: Vehicle) => boolean

/** Both queues of the vehicles `kept` lets through. */
export function queuesAt(
  state: DispatchState,
  { now, config, kept }: { readonly now: Instant; readonly config: DispatchConfig; kept: Kept },
): Queues {
  const booked: Vehicle[] = []
  const walkIn: Vehicle[] = []
  for (const vehicle of state.vehicles) {
    if (!kept(vehicle)) continue
    if (queueOf(vehicle, now, config) === 'booked') booked.push(vehicle)
    else walkIn.push(vehicle)
  }
  booked.sort((a, b) => bookedKey(a) - bookedKey(b) || a.serial - b.serial)
  walkIn.sort((a, b) => a.walkInKey - b.walkInKey || a.serial - b.serial)
  return { booked, walkIn }
}

/** Vehicles that stand in the queue: waiting, or set aside and due again, having been seen. */
export function standsInQueue({ place }: Vehicle, picks: number): boolean {
  if (place.kind === 'waiting') return true
  return place.kind === 'aside' && place.present && place.untilPick <= picks
}

/** Missed its call, its recall is due, and nobody has seen it yet. */
export function isDueUnseen({ place }: Vehicle, picks: number): boolean {
  return place.kind === 'aside' && !place.present && place.untilPick <= picks
}
