import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import {
  newDispatchState,
  vehicleOf,
  type DispatchState,
  type Position,
  type Vehicle,
} from '../../../src/domain/dispatch/dispatch-state.ts'
import { nextCall, type Call } from '../../../src/domain/dispatch/next-call.ts'
import { joinQueue, type Arrived } from '../../../src/domain/dispatch/place-in-queue.ts'
import { endFill, startFill } from '../../../src/domain/dispatch/position-events.ts'
import {
  positionNo,
  ticketId,
  type NozzleType,
  type PositionNo,
  type TicketId,
} from '../../../src/units/names.ts'
import { instant, type Instant } from '../../../src/units/time.ts'

export const config = recommendedConfig
const midday = Date.parse('2026-11-22T06:30:00Z')

/** Minutes after the test's noon; fractions are allowed. */
export const at = (minutes: number): Instant => instant(midday + Math.round(minutes * 60_000))
export const no = (n: number): PositionNo => positionNo(n)
export const ticket = (n: number): TicketId =>
  ticketId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`)
/** The number a ticket was made from. */
export const nameOf = (id: TicketId): number => Number(id.slice(-12))

const ngv1: readonly NozzleType[] = ['ngv1']
export const both: readonly NozzleType[] = ['ngv1', 'ngv2']

export function position(n: number, nozzles = ngv1): Position {
  return { no: no(n), nozzles, service: 'open' }
}

/** A station whose positions take NGV1. */
export function station(count: number): DispatchState {
  return newDispatchState(Array.from({ length: count }, (_, i) => position(i + 1)))
}

/** Arrival minute, and window minute for a booked vehicle. */
export type Visit = readonly [
  n: number,
  arrival: number,
  window?: number | undefined,
  more?: Partial<Arrived>,
]

export function join(state: DispatchState, ...visits: readonly Visit[]): DispatchState {
  return visits.reduce((next, [n, arrival, window, more]) => {
    const base = { ticket: ticket(n), arrival: at(arrival), nozzles: ngv1, vehicleClass: 'auto' }
    const slot = window === undefined ? {} : { windowStart: at(window) }
    return joinQueue(next, { ...base, ...slot, ...more } as Arrived, config)
  }, state)
}

/** Makes every call there is. */
export function callAll(
  state: DispatchState,
  minute: number,
): { readonly state: DispatchState; readonly calls: readonly Call[] } {
  const calls: Call[] = []
  let next = nextCall(state, at(minute), config)
  while (next.call !== undefined) {
    calls.push(next.call)
    next = nextCall(next.state, at(minute), config)
  }
  return { state: next.state, calls }
}

/** The one call of a moment, or undefined. */
export function callOne(state: DispatchState, minute: number) {
  return nextCall(state, at(minute), config)
}

export function begin(
  state: DispatchState,
  n: number,
  [minute, until]: readonly [number, number?],
): DispatchState {
  const freesAtMs = until === undefined ? {} : { freesAtMs: at(until) }
  const started = startFill(state, ticket(n), { now: at(minute), config, ...freesAtMs })
  if (!started.ok) throw new Error(`${n} cannot start: ${started.error.code}`)
  return started.value
}

export function end(state: DispatchState, n: number, minute: number): DispatchState {
  return endFill(state, no(n), { now: at(minute), config })
}

export function vehicle(state: DispatchState, n: number): Vehicle {
  const found = vehicleOf(state, ticket(n))
  if (found === undefined) throw new Error(`${n} is not in the queue`)
  return found
}

/** Serves one position until the queue is empty, four minutes each: the order of starts. */
export function orderOf(queue: DispatchState, from: number): readonly number[] {
  const order: number[] = []
  let state = queue
  for (let minute = from; order.length < 100; minute += 4) {
    const { state: called, calls } = callAll(state, minute)
    const first = calls[0]
    if (first === undefined) return order
    const n = nameOf(first.ticket)
    order.push(n)
    state = end(begin(called, n, [minute]), first.position, minute + 4)
  }
  return order
}
