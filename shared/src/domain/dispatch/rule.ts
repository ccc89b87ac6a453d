import type { NozzleType, PositionNo, TicketId } from '../../units/names.ts'
import { elapsed, millis, type Instant, type Millis } from '../../units/time.ts'
import type { DispatchConfig } from './dispatch-config.ts'
import { compatible, type Position, type Vehicle } from './dispatch-state.ts'
import type { Queues } from './queue-order.ts'
import { effectOn, type StreakEffect, type Streaks } from './streak.ts'

/** Which sentence of the rule decided. */
export type RuleStep =
  'head-of-line' | 'only-queue' | 'early-booking' | 'walk-in-turn' | 'booked-turn' | 'override'

export type HeadSeen = {
  readonly ticket: TicketId
  readonly waitedMs: Millis
  readonly windowStart?: Instant
}

/** Stored with every start; "why not me" renders this record. */
export type Explanation = {
  readonly step: RuleStep
  readonly atMs: Instant
  readonly position: PositionNo
  readonly streak: number
  readonly limit: number
  readonly bookedHead?: HeadSeen
  readonly walkInHead?: HeadSeen
  /** Null when no walk-in that fits the position waits. */
  readonly oldestWalkInWaitMs: Millis | null
  readonly waitingBooked: number
  readonly waitingWalkIn: number
  readonly configVersion: number
}

/** What is true at the moment of a pick. */
export type PickFacts = {
  readonly position: Position
  readonly streaks: Streaks
  readonly now: Instant
  readonly config: DispatchConfig
}

export type Pick = {
  readonly vehicle: Vehicle
  readonly effect: StreakEffect
  readonly explanation: Explanation
}

/** The recommended rule (lanes.md section 1) for one position; undefined when nobody fits it. */
export function pickFor(all: Queues, facts: PickFacts): Pick | undefined {
  const fits = (vehicle: Vehicle): boolean => compatible(vehicle, facts.position)
  const queues: Queues = { booked: all.booked.filter(fits), walkIn: all.walkIn.filter(fits) }
  const turn = turnOf(queues, facts)
  const chosen = chosenBy(queues, turn, facts)
  if (chosen === undefined) return undefined
  return {
    vehicle: chosen.vehicle,
    effect: effectOf(chosen, queues, facts.position),
    explanation: explained(chosen.step, { queues, turn, facts }),
  }
}

type Chosen = { readonly vehicle: Vehicle; readonly step: RuleStep }

function chosenBy(queues: Queues, turn: Turn, { now, config }: PickFacts): Chosen | undefined {
  const first = interruptedFirst(queues)
  if (first !== undefined) return { vehicle: first, step: 'head-of-line' }
  const booked = queues.booked[0]
  const walkIn = queues.walkIn[0]
  if (booked === undefined || walkIn === undefined) {
    const only = booked ?? walkIn
    return only === undefined ? undefined : { vehicle: only, step: 'only-queue' }
  }
  if ((booked.windowStart ?? now) - now > config.bookedFrom) {
    return { vehicle: walkIn, step: 'early-booking' }
  }
  if (turn.streak >= turn.limit) return { vehicle: walkIn, step: 'walk-in-turn' }
  return { vehicle: booked, step: 'booked-turn' }
}

/** After an interrupted fill: before both queues, the longest interrupted first. */
function interruptedFirst({ booked, walkIn }: Queues): Vehicle | undefined {
  return [...booked, ...walkIn]
    .filter(({ headOfLineMs }) => headOfLineMs !== undefined)
    .sort((a, b) => (a.headOfLineMs ?? 0) - (b.headOfLineMs ?? 0) || a.serial - b.serial)[0]
}

/** The streak nearest to its limit among the nozzle types a waiting walk-in needs here. */
type Turn = { readonly streak: number; readonly limit: number }

function turnOf({ walkIn }: Queues, { position, streaks, now, config }: PickFacts): Turn {
  const turns = neededTypes(walkIn, position).map((type) => ({
    streak: streaks[type],
    limit: limitFor(
      walkIn.filter(({ nozzles }) => nozzles.includes(type)),
      now,
      config,
    ),
  }))
  const strictest = turns.sort((a, b) => b.streak - b.limit - (a.streak - a.limit))[0]
  return strictest ?? { streak: 0, limit: config.streakLimit }
}

function limitFor(walkIn: readonly Vehicle[], now: Instant, config: DispatchConfig): number {
  return oldestWait(walkIn, now) > config.oldAfter ? config.streakLimitWhenOld : config.streakLimit
}

function oldestWait(vehicles: readonly Vehicle[], now: Instant): Millis {
  return millis(vehicles.reduce((most, { arrival }) => Math.max(most, elapsed(arrival, now)), 0))
}

/** Nozzle types of the position that at least one of these vehicles takes. */
function neededTypes(vehicles: readonly Vehicle[], position: Position): readonly NozzleType[] {
  return position.nozzles.filter((type) => vehicles.some(({ nozzles }) => nozzles.includes(type)))
}

/**
 * A walk-in start ends the streak of every type the position has; a booked one adds to those a
 * waiting walk-in needs. A fill that goes on after an interruption was counted when it started.
 */
function effectOf({ vehicle, step }: Chosen, queues: Queues, position: Position): StreakEffect {
  if (step === 'head-of-line') return {}
  if (queues.walkIn.includes(vehicle)) return effectOn(position.nozzles, 'zero')
  return effectOn(neededTypes(queues.walkIn, position), 'plus')
}

type Seen = { readonly queues: Queues; readonly turn: Turn; readonly facts: PickFacts }

/** The record of a decision under these queues. */
function explained(step: RuleStep, { queues, turn, facts }: Seen): Explanation {
  const { now, position, config } = facts
  const bookedHead = headSeen(queues.booked[0], now)
  const walkInHead = headSeen(queues.walkIn[0], now)
  return {
    step,
    atMs: now,
    position: position.no,
    streak: turn.streak,
    limit: turn.limit,
    ...(bookedHead === undefined ? {} : { bookedHead }),
    ...(walkInHead === undefined ? {} : { walkInHead }),
    oldestWalkInWaitMs: queues.walkIn.length === 0 ? null : oldestWait(queues.walkIn, now),
    waitingBooked: queues.booked.length,
    waitingWalkIn: queues.walkIn.length,
    configVersion: config.version,
  }
}

/** The record of a manager's override: the rule's own heads, and that it was not followed. */
export function explainOverride(all: Queues, facts: PickFacts): Explanation {
  const fits = (vehicle: Vehicle): boolean => compatible(vehicle, facts.position)
  const queues: Queues = { booked: all.booked.filter(fits), walkIn: all.walkIn.filter(fits) }
  return explained('override', { queues, turn: turnOf(queues, facts), facts })
}

function headSeen(head: Vehicle | undefined, now: Instant): HeadSeen | undefined {
  if (head === undefined) return undefined
  const seen = { ticket: head.ticket, waitedMs: millis(Math.max(0, elapsed(head.arrival, now))) }
  return head.windowStart === undefined ? seen : { ...seen, windowStart: head.windowStart }
}
