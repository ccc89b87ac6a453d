import type { PositionNo } from '../../units/names.ts'
import { elapsed, type Instant } from '../../units/time.ts'
import {
  compatible,
  occupancies,
  type DispatchState,
  type Moment,
  type Vehicle,
} from './dispatch-state.ts'
import { standsInQueue } from './queue-order.ts'

/** A position at which nobody is, while a vehicle that fits it waits. Plain JSON. */
export type IdlePosition = {
  readonly position: PositionNo
  readonly sinceMs: Instant
  /** The alarm was raised. */
  readonly told: boolean
}

export type IdleStep = {
  readonly idle: readonly IdlePosition[]
  readonly raised: readonly PositionNo[]
  readonly cleared: readonly PositionNo[]
}

/**
 * One look at the positions that stand idle with a queue: after the staging time without a vehicle,
 * called ones that nobody has seen included, the alarm is raised; it is cleared when a vehicle is
 * there or nobody who fits waits. Each is told once. The same state may be looked at again and again.
 */
export function watchIdle(
  before: readonly IdlePosition[],
  state: DispatchState,
  { now, config }: Moment,
): IdleStep {
  const known = new Map(before.map((one) => [one.position, one]))
  const raised: PositionNo[] = []
  const idle = idleNow(state).map((position): IdlePosition => {
    const { sinceMs, told } = known.get(position) ?? { sinceMs: now, told: false }
    const due = !told && elapsed(sinceMs, now) > config.stagingLast
    if (due) raised.push(position)
    return { position, sinceMs, told: told || due }
  })
  const still = new Set(idle.map(({ position }) => position))
  const cleared = before.filter(({ position, told }) => told && !still.has(position))
  return { idle, raised, cleared: cleared.map(({ position }) => position) }
}

/** Open positions with no vehicle there, for which one waits that was not called. */
function idleNow(state: DispatchState): readonly PositionNo[] {
  const there = occupancies(state)
  const waiting = state.vehicles.filter((vehicle) => standsInQueue(vehicle, state.picks))
  return state.positions
    .filter((position) => position.service === 'open' && isEmpty(there.get(position.no)?.at))
    .filter((position) => waiting.some((vehicle) => compatible(vehicle, position)))
    .map(({ no }) => no)
}

/** A vehicle that was called and has not been seen leaves its position empty. */
function isEmpty(at: Vehicle | undefined): boolean {
  return at === undefined || (at.place.kind === 'called' && !at.place.present)
}
