import {
  positionNo,
  ticketId,
  type NozzleType,
  type TicketId,
  type VehicleClass,
} from '../../units/names.ts'
import { after, instant, millis, minutes, type Instant, type Millis } from '../../units/time.ts'
import { occupancies, type DispatchState, type Moment, type Vehicle } from './dispatch-state.ts'
import { nextCall } from './next-call.ts'
import { joinAll, joinQueue, type Arrived } from './place-in-queue.ts'
import { endFill, expectEnd, startFill } from './position-events.ts'
import { classMeans, classVariation, logNormalFactor } from './service-times.ts'

/** A booking that has not arrived yet but will take its turn. */
export type ExpectedBooking = {
  readonly windowStart: Instant
  readonly nozzles: readonly NozzleType[]
  readonly vehicleClass: VehicleClass
}

export type WaitModel = Moment & {
  readonly bookings: readonly ExpectedBooking[]
  /** Numbers in [0, 1) from a seed: the same seed quotes the same wait. */
  readonly random: () => number
  readonly replications: number
  /** Means learned at the station, when there are any. */
  readonly means?: Readonly<Record<VehicleClass, Millis>>
}

/** What the board says: half the vehicles wait no longer than the median, nine in ten than P90. */
export type WaitQuote = {
  readonly medianMs: Millis
  readonly p80Ms: Millis
  readonly p90Ms: Millis
}

const showShare = 0.9
/** A fill past its expected end is taken to end in half a minute. */
const overdue = minutes(0.5)
/** Nobody is quoted more than this; also what ends a simulation nobody can be served in. */
export const longestQuote = minutes(360)

/**
 * Waits of everybody in the queue, by playing the present state forward under the rule: running
 * fills end, bookings arrive, classes take their means with their spread. A vehicle that is not
 * served within six hours in a run counts as six hours.
 */
export function honestWaits(
  state: DispatchState,
  model: WaitModel,
): ReadonlyMap<TicketId, WaitQuote> {
  const waiting = state.vehicles.filter(({ place }) => place.kind === 'waiting')
  const played = inOrder(model)
  const runs = Array.from({ length: model.replications }, () => startsOf(state, played))
  return new Map(
    waiting.map(({ ticket }) => [
      ticket,
      quoteOf(runs.map((run) => run.get(ticket) ?? longestQuote)),
    ]),
  )
}

const probe = ticketId('ffffffff-ffff-7fff-bfff-ffffffffffff')

/** The wait of a walk-in that would join now, or undefined when no open position fits it. */
export function quoteForWalkIn(
  state: DispatchState,
  vehicle: { readonly nozzles: readonly NozzleType[]; readonly vehicleClass: VehicleClass },
  model: WaitModel,
): WaitQuote | undefined {
  const fits = state.positions.some(
    ({ service, nozzles }) =>
      service === 'open' && nozzles.some((nozzle) => vehicle.nozzles.includes(nozzle)),
  )
  if (!fits) return undefined
  const joined = joinQueue(state, { ...vehicle, ticket: probe, arrival: model.now }, model.config)
  const played = inOrder(model)
  const runs = Array.from({ length: model.replications }, () => startsOf(joined, played, probe))
  return quoteOf(runs.map((run) => run.get(probe) ?? longestQuote))
}

function quoteOf(waits: readonly Millis[]): WaitQuote {
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (q: number): Millis => sorted[Math.floor(q * sorted.length)] ?? longestQuote
  return { medianMs: at(0.5), p80Ms: at(0.8), p90Ms: at(0.9) }
}

/** A model as the runs play it: the bookings that are still to come as they will arrive, the next first. */
type Played = Omit<WaitModel, 'bookings'> & {
  readonly bookings: readonly (Arrived & { readonly windowStart: Instant })[]
}

function inOrder(model: WaitModel): Played {
  const bookings = model.bookings
    .filter(({ windowStart }) => windowStart >= model.now)
    .toSorted((a, b) => a.windowStart - b.windowStart)
    .map((booking, n) => ({ ...booking, ticket: bookingTicket(n), arrival: booking.windowStart }))
  return { ...model, bookings }
}

type Run = {
  state: DispatchState
  now: Instant
  readonly starts: Map<TicketId, Millis>
  /** Of the model's bookings the next that will show. */
  next: number
}

/** One run: waits from now until the start, by ticket. Ends when `until` or everybody has started. */
function startsOf(
  state: DispatchState,
  model: Played,
  until?: TicketId,
): ReadonlyMap<TicketId, Millis> {
  const run = begin(state, model)
  const end = after(model.now, longestQuote)
  while (run.now <= end && !isDone(run, until)) {
    startAll(run, model)
    if (isDone(run, until)) break
    const next = nextMoment(run, model)
    if (next === undefined) break
    run.now = next
    arrivals(run, model)
    endings(run, model)
  }
  return run.starts
}

function isDone({ state, starts }: Run, until: TicketId | undefined): boolean {
  if (until !== undefined) return starts.has(until)
  return state.vehicles.every(({ place }) => place.kind === 'filling')
}

/** The state with absent vehicles left out and fills given an end. */
function begin(state: DispatchState, model: Played): Run {
  const vehicles = state.vehicles.filter(({ place }) => place.kind !== 'aside')
  const known = occupancies(state)
  const positions = state.positions.map((position) => {
    const there = known.get(position.no)?.at
    if (there?.place.kind !== 'filling') return position
    const expected = position.freesAtMs ?? after(model.now, drawn(there, model))
    return { ...position, freesAtMs: instant(Math.max(expected, model.now + overdue)) }
  })
  return {
    state: { ...state, vehicles, positions, recent: [] },
    now: model.now,
    starts: new Map(),
    next: nextShow(0, model),
  }
}

/** From this booking on the first that shows; drawn when its turn comes, as most runs end before. */
function nextShow(from: number, { bookings, random }: Played): number {
  let next = from
  while (next < bookings.length && random() >= showShare) next += 1
  return next
}

/** Makes every call and starts whoever was called; the change of vehicle is in the class mean. */
function startAll(run: Run, model: Played): void {
  for (;;) {
    const { state, call } = nextCall(run.state, run.now, model.config)
    run.state = state
    startCalled(run, model)
    if (call === undefined) return
  }
}

function startCalled(run: Run, model: Played): void {
  for (const vehicle of run.state.vehicles) {
    if (vehicle.place.kind !== 'called') continue
    const freesAtMs = after(run.now, drawn(vehicle, model))
    const moment = { now: run.now, config: model.config, freesAtMs }
    const started = startFill(run.state, vehicle.ticket, moment)
    if (started.ok) run.state = started.value
    run.starts.set(vehicle.ticket, millis(run.now - model.now))
  }
}

function nextMoment({ state, next, now }: Run, { bookings }: Played): Instant | undefined {
  const ends = state.positions.flatMap(({ freesAtMs }) => freesAtMs ?? [])
  const times = [...ends, ...bookings.slice(next, next + 1).map(({ windowStart }) => windowStart)]
  return times.length === 0 ? undefined : instant(Math.max(now, Math.min(...times)))
}

/** All that are due at once: a slot full of bookings must not copy the queue for each of them. */
function arrivals(run: Run, model: Played): void {
  const due: Arrived[] = []
  for (
    let next = model.bookings[run.next];
    next && next.windowStart <= run.now;
    next = model.bookings[run.next]
  ) {
    due.push(next)
    run.next = nextShow(run.next + 1, model)
  }
  if (due.length > 0) run.state = joinAll(run.state, due, model.config)
}

function bookingTicket(n: number): TicketId {
  return ticketId(`ffffffff-ffff-7fff-afff-${n.toString(16).padStart(12, '0')}`)
}

function endings(run: Run, model: Played): void {
  for (const { no, freesAtMs } of run.state.positions) {
    if (freesAtMs === undefined || freesAtMs > run.now) continue
    run.state = endFill(expectEnd(run.state, no, undefined), positionNo(no), {
      now: run.now,
      config: model.config,
    })
  }
}

/** Log-normal with the mean of the class. */
function drawn({ vehicleClass }: Vehicle, { random, means = classMeans }: Played): Millis {
  return millis(Math.round(means[vehicleClass] * logNormalFactor(classVariation, random)))
}
