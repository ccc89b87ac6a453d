import type { PositionFacts, PositionState } from '../../domain/position/position-facts.ts'
import {
  occupancies,
  type DispatchState,
  type Position,
} from '@baari/shared/domain/dispatch/dispatch-state'
import { expectEnd, setService } from '@baari/shared/domain/dispatch/position-events'
import { markPresent } from '@baari/shared/domain/dispatch/skip-and-recall'
import { instant, type Instant } from '@baari/shared/units/time'

/** A state the rule must not send anybody to is out of service for it. */
const services: { readonly [S in PositionState]: Position['service'] } = {
  free: 'open',
  called: 'open',
  ready: 'open',
  authorised: 'open',
  filling: 'open',
  finishing: 'open',
  fault: 'fault',
  offline: 'fault',
  closed: 'closed',
}

/**
 * Tells the rule what the controllers see: service, expected ends, and vehicles that were seen at
 * their position. A position nobody reports is out of service, because no news is not good news.
 * Starts and ends of fills are told by the fill's own commands.
 */
export function syncPositions(
  state: DispatchState,
  positions: readonly PositionFacts[],
  now: Instant,
): DispatchState {
  const reported = new Set(positions.map(({ no }) => no))
  const silent = state.positions.filter(
    ({ no, service }) => !reported.has(no) && service === 'open',
  )
  const served = silent.reduce((next, { no }) => setService(next, no, 'fault'), state)
  return positions.reduce((next, facts) => syncOne(next, facts, now), served)
}

function syncOne(state: DispatchState, facts: PositionFacts, now: Instant): DispatchState {
  const position = state.positions.find(({ no }) => no === facts.no)
  if (!position) return state
  const service = services[facts.state]
  const served = position.service === service ? state : setService(state, facts.no, service)
  return seenAt(endOf(served, facts, now), facts)
}

/** A new estimate only when it moved by a second: otherwise every round would rewrite the state. */
function endOf(
  state: DispatchState,
  { no, freesInMs }: PositionFacts,
  now: Instant,
): DispatchState {
  const known = state.positions.find((position) => position.no === no)?.freesAtMs
  const expected = freesInMs === null ? undefined : instant(now + Math.round(freesInMs))
  if (known === expected) return state
  if (known !== undefined && expected !== undefined && Math.abs(known - expected) < 1000)
    return state
  return expectEnd(state, no, expected)
}

function seenAt(state: DispatchState, { no, ticket, state: at }: PositionFacts): DispatchState {
  if (ticket === null || (at !== 'ready' && at !== 'authorised')) return state
  const there = occupancies(state).get(no)?.at
  if (there?.ticket !== ticket || there.place.kind !== 'called' || there.place.present) return state
  return markPresent(state, ticket)
}
