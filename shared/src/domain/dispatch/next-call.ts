import type { PositionNo, TicketId } from '../../units/names.ts'
import type { Instant } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import {
  compatible,
  maxRecentPicks,
  occupancies,
  withVehicle,
  type DispatchState,
  type Moment,
  type Position,
  type RecentPick,
  type Vehicle,
} from './dispatch-state.ts'
import { isDueUnseen, queuesAt, standsInQueue, type Queues } from './queue-order.ts'
import { pickFor, type Explanation, type Pick } from './rule.ts'
import { afterPick, type StreakEffect } from './streak.ts'

/** A vehicle's turn: to a free position, or to the place behind a fill about to end. */
export type Call = {
  readonly ticket: TicketId
  readonly position: PositionNo
  readonly kind: 'called' | 'staged'
  readonly explanation: Explanation
}

export type CallStep = { readonly state: DispatchState; readonly call?: Call }

/**
 * The next call, if there is one; ask again until there is none. Idle positions come before staging
 * places, the most specific position first, and a vehicle that missed its call never keeps a free
 * position from one that waits.
 */
export function nextCall(state: DispatchState, now: Instant, config: DispatchConfig): CallStep {
  if (!state.vehicles.some(mayBePicked)) return { state }
  const occupied = occupancies(state)
  return (
    firstFitting(state, freeOf(state, occupied), { now, config, kind: 'called' }) ??
    firstFitting(state, stagingOf(state, occupied, { now, config }), {
      now,
      config,
      kind: 'staged',
    }) ?? { state }
  )
}

function mayBePicked({ place }: Vehicle): boolean {
  return place.kind === 'waiting' || place.kind === 'aside'
}

type Round = {
  readonly now: Instant
  readonly config: DispatchConfig
  readonly kind: 'called' | 'staged'
}

function firstFitting(
  state: DispatchState,
  positions: readonly Position[],
  round: Round,
): CallStep | undefined {
  if (positions.length === 0) return undefined
  // A position for buses stays free all day; it must not cost the sorting of a queue of autos.
  const wanted = positions.filter((position) =>
    state.vehicles.some((vehicle) => mayBePicked(vehicle) && compatible(vehicle, position)),
  )
  if (wanted.length === 0) return undefined
  for (const queues of candidates(state, round)) {
    for (const position of wanted) {
      const pick = pickFor(queues, { ...round, position, streaks: state.streaks })
      if (pick !== undefined) return { state: taken(state, pick, round), call: callOf(pick, round) }
    }
  }
  return undefined
}

/**
 * Who may be picked, better candidates first. A place behind a running fill may go to a vehicle due
 * for its recall, because the position does not wait for it; a free position may not, unless
 * nobody else is there.
 */
function* candidates(state: DispatchState, { now, config, kind }: Round): Generator<Queues> {
  const { picks } = state
  const inQueue = (vehicle: Vehicle): boolean => standsInQueue(vehicle, picks)
  const recalled = (vehicle: Vehicle): boolean => isDueUnseen(vehicle, picks)
  if (kind === 'staged') {
    yield queuesAt(state, { now, config, kept: (one) => inQueue(one) || recalled(one) })
    return
  }
  yield queuesAt(state, { now, config, kept: inQueue })
  yield queuesAt(state, { now, config, kept: recalled })
  yield queuesAt(state, { now, config, kept: ({ place }) => place.kind === 'aside' })
}

/** Open positions nobody stands at; NGV1 alone before both types, then by number. */
export function freePositions(state: DispatchState): readonly Position[] {
  return freeOf(state, occupancies(state))
}

type Occupied = ReturnType<typeof occupancies>

function freeOf({ positions }: DispatchState, occupied: Occupied): readonly Position[] {
  return positions
    .filter(({ service, no }) => service === 'open' && occupied.get(no) === undefined)
    .sort((a, b) => a.nozzles.length - b.nozzles.length || specificity(a, b) || a.no - b.no)
}

/** Between positions of one type each, NGV1 comes before high-flow. */
function specificity(a: Position, b: Position): number {
  return Number(a.nozzles.includes('ngv2')) - Number(b.nozzles.includes('ngv2'))
}

/** Positions in the last two minutes of a fill with nobody staged, the first to be free first. */
function stagingOf(
  { positions }: DispatchState,
  occupied: Occupied,
  { now, config }: Moment,
): readonly Position[] {
  return positions
    .filter(({ no, service, freesAtMs }) => {
      const there = occupied.get(no)
      if (service !== 'open' || there?.at?.place.kind !== 'filling') return false
      if (there.staged !== undefined || freesAtMs === undefined) return false
      return freesAtMs - now <= config.stagingLast
    })
    .sort((a, b) => (a.freesAtMs ?? 0) - (b.freesAtMs ?? 0) || a.no - b.no)
}

/** What changes in the state when a vehicle is called, whoever decided it. */
export type Taking = {
  readonly vehicle: Vehicle
  readonly position: PositionNo
  readonly kind: 'called' | 'staged'
  readonly effect: StreakEffect
  readonly now: Instant
}

export function takeVehicle(state: DispatchState, taking: Taking): DispatchState {
  const { vehicle, position, kind, effect, now } = taking
  const wasBack = vehicle.place.kind === 'aside' && vehicle.place.present
  const place = { kind, position, sinceMs: now, present: false } as const
  const called: Vehicle = { ...vehicle, place: wasBack ? { ...place, wasBack } : place }
  const pick: RecentPick = {
    ticket: vehicle.ticket,
    position,
    atMs: now,
    placeBefore: vehicle.place,
    streaksBefore: state.streaks,
    effect,
  }
  return {
    ...withVehicle(state, vehicle.ticket, () => called),
    streaks: afterPick(state.streaks, effect),
    picks: state.picks + 1,
    recent: [...state.recent, pick].slice(-maxRecentPicks),
  }
}

function taken(state: DispatchState, pick: Pick, { now, kind }: Round): DispatchState {
  const position = pick.explanation.position
  return takeVehicle(state, { vehicle: pick.vehicle, position, kind, effect: pick.effect, now })
}

function callOf({ vehicle, explanation }: Pick, { kind }: Round): Call {
  return { ticket: vehicle.ticket, position: explanation.position, kind, explanation }
}

/** Free positions for which a compatible vehicle waits: an alarm once every call has been made. */
export function idleWithQueue(state: DispatchState): readonly PositionNo[] {
  const waiting = state.vehicles.filter(({ place }) => place.kind === 'waiting')
  return freePositions(state)
    .filter((position) => waiting.some((vehicle) => compatible(vehicle, position)))
    .map(({ no }) => no)
}
