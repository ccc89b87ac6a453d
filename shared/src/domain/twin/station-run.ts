import { compatible, newDispatchState, type DispatchState } from '../dispatch/dispatch-state.ts'
import { nextCall } from '../dispatch/next-call.ts'
import { delayWindows, joinQueue } from '../dispatch/place-in-queue.ts'
import { endFill, expectEnd, setService, startFill } from '../dispatch/position-events.ts'
import { startWhenLate } from '../dispatch/delay-amendment.ts'
import { raisedDelay } from '../dispatch/station-delay.ts'
import { present } from '../../faults/assert.ts'
import type { PositionNo, TicketId } from '../../units/names.ts'
import { after, instant, millis, minutes, type Instant, type Millis } from '../../units/time.ts'
import type { Outage, Raised, StationPlan, StationRun, Watch } from './station-plan.ts'
import { dayZero, type Visit } from './visit.ts'

/** The vehicle at a position, and when staging sees the last two minutes of its fill begin. */
type Fill = {
  readonly visit: Visit
  readonly end: number
  readonly stageAt: number
}

type Staged = { readonly n: number; readonly position: PositionNo }

type Change = { readonly at: Instant; readonly no: PositionNo; readonly service: 'open' | 'fault' }

type Run = {
  readonly plan: StationPlan
  readonly watch: Watch
  readonly numbers: ReadonlyMap<TicketId, number>
  readonly fills: (Fill | undefined)[]
  readonly changes: Change[]
  readonly starts: Float64Array
  state: DispatchState
  now: Instant
  arrived: number
  nextAsk: number
  filling: number
  staged: Staged[]
  uncalledMs: number
  stagedMs: number
  readonly delays: Raised[]
  delay: Millis
}

/**
 * Plays one station from its first arrival until it is empty. Every decision is the dispatcher's:
 * `joinQueue`, `nextCall`, `startFill`, `endFill` are the functions the node runs. Vehicles come
 * when they are called; the change of vehicles is part of the time at the position.
 */
export function runStation(plan: StationPlan, watch: Watch = {}): StationRun {
  const run = begin(plan, watch)
  for (let at = nextMoment(run); at !== Infinity; at = nextMoment(run)) {
    passTime(run, at)
    run.now = instant(at)
    changeService(run)
    endFills(run)
    arrivals(run)
    if (plan.staging) openStaging(run)
    callEverybody(run)
    if (plan.delayFrom !== undefined) raiseDelay(run, plan.delayFrom)
    ask(run)
  }
  return {
    starts: run.starts,
    idle: { uncalled: millis(run.uncalledMs), staged: millis(run.stagedMs) },
    positionTime: millis(plan.positions.length * (run.now - dayZero)),
    delays: run.delays,
  }
}

function begin(plan: StationPlan, watch: Watch): Run {
  return {
    plan,
    watch,
    numbers: new Map(plan.visits.map(({ ticket }, n) => [ticket, n])),
    fills: plan.positions.map(() => undefined),
    changes: changesOf(plan.outages),
    starts: new Float64Array(plan.visits.length),
    state: newDispatchState(plan.positions),
    now: dayZero,
    arrived: 0,
    nextAsk: watch.fiveMinutes === undefined ? Infinity : dayZero,
    filling: 0,
    staged: [],
    uncalledMs: 0,
    stagedMs: 0,
    delays: [],
    delay: millis(0),
  }
}

/** The next one last, where it is taken from. */
function changesOf(outages: readonly Outage[]): Change[] {
  const changes = outages.flatMap(({ position: no, from, to }): Change[] => [
    { at: from, no, service: 'fault' },
    { at: to, no, service: 'open' },
  ])
  return changes.toSorted((a, b) => b.at - a.at)
}

/** When something happens next; Infinity when the last vehicle has left. */
function nextMoment(run: Run): number {
  const arrival = run.plan.visits[run.arrived]?.arrival ?? Infinity
  let at: number = Math.min(arrival, run.changes.at(-1)?.at ?? Infinity)
  for (const fill of run.fills) {
    if (fill === undefined) continue
    // A moment that has passed brings nothing new: the place behind the fill is open since then.
    if (fill.stageAt > run.now) at = Math.min(at, fill.stageAt)
    at = Math.min(at, fill.end)
  }
  if (at === Infinity && run.state.vehicles.length === 0) return Infinity
  return Math.min(at, run.nextAsk)
}

/** Adds up idle positions for which a vehicle waits, between two events. */
function passTime(run: Run, at: number): void {
  const { state, fills, filling } = run
  const unstarted = state.vehicles.length - filling
  if (unstarted === 0 || filling === fills.length) return
  const length = at - run.now
  state.positions.forEach((position, i) => {
    if (fills[i] !== undefined || position.service !== 'open') return
    const here = state.vehicles.filter((vehicle) => compatible(vehicle, position))
    if (here.some(({ place }) => place.kind === 'waiting')) run.uncalledMs += length
    else if (here.some(({ place }) => place.kind === 'staged')) run.stagedMs += length
  })
}

function changeService(run: Run): void {
  for (let next = run.changes.at(-1); next && next.at <= run.now; next = run.changes.at(-1)) {
    run.changes.pop()
    const { no, service } = next
    run.state = setService(run.state, no, service)
    if (service !== 'open') run.staged = run.staged.filter(({ position }) => position !== no)
    run.watch.logged?.(`${run.now} position ${no} ${service}`)
  }
}

function endFills(run: Run): void {
  run.fills.forEach((fill, i) => {
    if (fill === undefined || fill.end > run.now) return
    const { no } = present(run.plan.positions[i], 'the position of a fill')
    run.fills[i] = undefined
    run.filling -= 1
    run.state = endFill(run.state, no, { now: run.now, config: run.plan.config })
    run.watch.logged?.(`${run.now} end ${no}`)
    const staged = run.staged.find(({ position }) => position === no)
    if (staged === undefined) return
    run.staged = run.staged.filter((one) => one !== staged)
    start(run, staged.n, i)
  })
}

function start(run: Run, n: number, i: number): void {
  const visit = present(run.plan.visits[n], 'a called vehicle')
  const { service, seenFactor, ticket } = visit
  const end = run.now + service
  const stageAt = Math.max(run.now, Math.ceil(end - run.plan.config.stagingLast / seenFactor))
  run.fills[i] = { visit, end, stageAt: run.plan.staging ? stageAt : Infinity }
  run.filling += 1
  run.starts[n] = run.now
  const started = startFill(run.state, ticket, { now: run.now, config: run.plan.config })
  if (started.ok) run.state = started.value
  run.watch.logged?.(`${run.now} start ${n} at ${i + 1}`)
}

function arrivals(run: Run): void {
  const { visits, config } = run.plan
  for (
    let next = visits[run.arrived];
    next && next.arrival <= run.now;
    next = visits[run.arrived]
  ) {
    const { ticket, arrival, nozzles, vehicleClass, windowStart } = next
    const vehicle = { ticket, arrival, nozzles, vehicleClass }
    const window =
      windowStart === undefined ? {} : { windowStart: startNow(run, { windowStart, arrival }) }
    run.state = joinQueue(run.state, { ...vehicle, ...window }, config)
    run.watch.logged?.(`${run.now} arrive ${run.arrived}`)
    run.arrived += 1
  }
}

/** A station that is late, or was: the node asks the same function when a vehicle is scanned. */
function startNow(
  run: Run,
  { windowStart, arrival }: { readonly windowStart: Instant; readonly arrival: Instant },
): Instant {
  const { delayFrom: meanService, config } = run.plan
  if (meanService === undefined || run.delay === 0) return windowStart
  const present = raisedDelay(run.state, millis(0), { now: run.now, config, meanService })
  return startWhenLate(windowStart, { arrival, present, promised: run.delay })
}

/** Tells the dispatcher what staging sees of the fills in their last two minutes, nobody behind. */
function openStaging(run: Run): void {
  // With nobody to be staged it makes no difference what staging sees.
  if (run.state.vehicles.length === run.filling + run.staged.length) return
  run.fills.forEach((fill, i) => {
    if (fill === undefined || fill.stageAt > run.now) return
    const { no } = present(run.plan.positions[i], 'the position of a fill')
    if (run.staged.some(({ position }) => position === no)) return
    const seen = Math.round((fill.end - run.now) * fill.visit.seenFactor)
    run.state = expectEnd(run.state, no, after(run.now, millis(seen)))
  })
}

function callEverybody(run: Run): void {
  for (;;) {
    const { state, call } = nextCall(run.state, run.now, run.plan.config)
    if (call === undefined) return
    run.watch.called?.(run.state, call)
    run.state = state
    const { kind, position, ticket } = call
    const n = present(run.numbers.get(ticket), 'the number of a called vehicle')
    run.watch.logged?.(`${run.now} ${kind} ${n} to ${position}: ${call.explanation.step}`)
    if (kind === 'staged') run.staged.push({ n, position })
    else
      start(
        run,
        n,
        run.plan.positions.findIndex(({ no }) => no === position),
      )
  }
}

function ask(run: Run): void {
  if (run.now < run.nextAsk) return
  run.nextAsk = after(run.now, minutes(5))
  run.watch.fiveMinutes?.(run.state, run.now)
}

/** The station announces that windows start later; vehicles that stand in the queue hear it too. */
function raiseDelay(run: Run, meanService: Millis): void {
  const moment = { now: run.now, config: run.plan.config, meanService }
  const delay = raisedDelay(run.state, run.delay, moment)
  if (delay === run.delay) return
  run.state = delayWindows(run.state, millis(delay - run.delay), run.now)
  run.delay = delay
  run.delays.push({ at: run.now, delay })
  run.watch.logged?.(`${run.now} delay ${delay}`)
}
