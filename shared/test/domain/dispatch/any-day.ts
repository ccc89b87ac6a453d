import fc from 'fast-check'
import {
  compatible,
  newDispatchState,
  occupancies,
  type DispatchState,
  type Position,
  type Vehicle,
} from '../../../src/domain/dispatch/dispatch-state.ts'
import { nextCall } from '../../../src/domain/dispatch/next-call.ts'
import { joinQueue } from '../../../src/domain/dispatch/place-in-queue.ts'
import {
  endFill,
  interruptFill,
  setService,
  startFill,
} from '../../../src/domain/dispatch/position-events.ts'
import { queueOf } from '../../../src/domain/dispatch/queue-order.ts'
import { markPresent, sweepMissed } from '../../../src/domain/dispatch/skip-and-recall.ts'
import { nozzleTypes, type NozzleType, type TicketId } from '../../../src/units/names.ts'
import { after, instant, minutes, type Instant } from '../../../src/units/time.ts'
import { at, config, position, ticket } from './forecourt.ts'

/** Something that happens on the forecourt. Numbers pick among whoever it can happen to. */
export type Happening =
  | { readonly kind: 'walk-in'; readonly nozzles: readonly NozzleType[] }
  | { readonly kind: 'booked'; readonly nozzles: readonly NozzleType[]; readonly early: number }
  | { readonly kind: 'time'; readonly minutes: number }
  | { readonly kind: 'start'; readonly pick: number; readonly length: number }
  /** One position serves its vehicle from call to end, and calls the next. */
  | { readonly kind: 'serve'; readonly pick: number }
  | { readonly kind: 'end' | 'interrupt' | 'fault' | 'mend' | 'seen'; readonly pick: number }

const nozzleChoice = fc.constantFrom<readonly NozzleType[]>(
  ['ngv1'],
  ['ngv1'],
  ['ngv2'],
  ['ngv1', 'ngv2'],
)
const pick = fc.nat(20)

/** Mostly near the window, where the rule has something to weigh. */
const early = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -10, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: -40, max: 40 }) },
)
const walkIn = fc.record({ kind: fc.constant('walk-in' as const), nozzles: nozzleChoice })
const booked = fc.record({ kind: fc.constant('booked' as const), nozzles: nozzleChoice, early })
const disturbance = fc.constantFrom(
  'interrupt' as const,
  'fault' as const,
  'mend' as const,
  'seen' as const,
)

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: walkIn },
  { weight: 6, arbitrary: booked },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('serve' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      minutes: fc.constantFrom(1, 2, 3, 8, 20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('start' as const), pick, length: fc.nat(8) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: disturbance, pick }) },
)

/** A crowd in the morning, then a busy day: a rule for queues says nothing about empty ones. */
export const anyHappenings: fc.Arbitrary<readonly Happening[]> = fc
  .tuple(
    fc.array(fc.oneof(walkIn, booked), { maxLength: 25, size: 'max' }),
    fc.array(happening, { maxLength: 120, size: 'max' }),
  )
  .map(([crowd, day]) => [...crowd, ...day])

const positionSets: readonly (readonly Position[])[] = [
  [position(1)],
  [position(1), position(2)],
  [position(1), position(2, ['ngv1', 'ngv2'])],
  [position(1, ['ngv1', 'ngv2']), position(2, ['ngv1', 'ngv2'])],
  [position(1), position(2, ['ngv2']), position(3, ['ngv1', 'ngv2'])],
]
export const anyStation = fc.constantFrom(...positionSets).map(newDispatchState)

/** One pick as somebody watching the forecourt would note it down. */
export type SeenPick = {
  readonly atMs: Instant
  readonly types: readonly NozzleType[]
  readonly walkInStart: boolean
  readonly interrupted: boolean
  /** For each type of the position: does a walk-in that takes it wait, and the oldest's minutes. */
  readonly waiting: Readonly<Record<NozzleType, number | undefined>>
}

export type Day = {
  state: DispatchState
  now: Instant
  next: number
  readonly picks: SeenPick[]
  readonly called: Set<TicketId>
  readonly closed: Set<TicketId>
}

export function newDay(state: DispatchState): Day {
  return { state, now: at(0), next: 1, picks: [], called: new Set(), closed: new Set() }
}

/** Lets one thing happen, then skips who did not come and makes every call. */
export function live(day: Day, happened: Happening): void {
  happen(day, happened)
  const swept = sweepMissed(day.state, { now: day.now, config })
  day.state = swept.state
  for (const id of swept.closed) day.closed.add(id)
  callEverybody(day)
}

function happen(day: Day, happened: Happening): void {
  switch (happened.kind) {
    case 'walk-in':
      arrive(day, happened.nozzles, undefined)
      return
    case 'booked':
      arrive(day, happened.nozzles, after(day.now, minutes(happened.early)))
      return
    case 'time':
      day.now = after(day.now, minutes(happened.minutes))
      return
    case 'start':
      start(day, happened.pick, happened.length)
      return
    case 'serve':
      serve(day, happened.pick)
      return
    case 'seen':
      see(day, happened.pick)
      return
    case 'end':
    case 'interrupt':
    case 'fault':
    case 'mend':
      changePosition(day, happened.kind, happened.pick)
  }
}

function arrive(day: Day, nozzles: readonly NozzleType[], windowStart: Instant | undefined): void {
  if (!day.state.positions.some((one) => compatible({ nozzles }, one))) return
  const slot = windowStart === undefined ? {} : { windowStart: instant(windowStart) }
  const arrived = { ticket: ticket(day.next), arrival: day.now, nozzles, ...slot }
  day.next += 1
  day.state = joinQueue(day.state, { ...arrived, vehicleClass: 'car' }, config)
}

const choose = <T>(items: readonly T[], n: number): T | undefined => items[n % items.length]

function start(day: Day, n: number, length: number): void {
  const called = day.state.vehicles.filter(({ place }) => place.kind === 'called')
  const vehicle = choose(called, n)
  if (vehicle === undefined) return
  const freesAtMs = after(day.now, minutes(length))
  const started = startFill(day.state, vehicle.ticket, { now: day.now, config, freesAtMs })
  if (started.ok) day.state = started.value
}

function serve(day: Day, n: number): void {
  const one = choose(day.state.positions, n)
  if (one === undefined) return
  const there = occupancies(day.state).get(one.no)?.at
  if (there?.place.kind === 'called') start(day, indexOfCalled(day, there.ticket), 1)
  day.now = after(day.now, minutes(1))
  day.state = endFill(day.state, one.no, { now: day.now, config })
}

function see(day: Day, n: number): void {
  const absent = day.state.vehicles.filter(({ place }) => 'present' in place && !place.present)
  const vehicle = choose(absent, n)
  if (vehicle !== undefined) day.state = markPresent(day.state, vehicle.ticket)
}

type Change = 'end' | 'interrupt' | 'fault' | 'mend'

function changePosition(day: Day, kind: Change, n: number): void {
  const moment = { now: day.now, config }
  const one = choose(day.state.positions, n)
  if (one === undefined) return
  if (kind === 'end') day.state = endFill(day.state, one.no, moment)
  if (kind === 'interrupt') day.state = interruptFill(day.state, one.no, moment)
  if (kind === 'mend') day.state = setService(day.state, one.no, 'open')
  if (kind === 'fault') {
    day.state = interruptFill(setService(day.state, one.no, 'fault'), one.no, moment)
  }
}

function callEverybody(day: Day): void {
  for (;;) {
    const { state, call } = nextCall(day.state, day.now, config)
    if (call === undefined) return
    const vehicle = day.state.vehicles.find((one) => one.ticket === call.ticket)
    const where = day.state.positions.find((one) => one.no === call.position)
    if (vehicle === undefined || where === undefined) throw new Error('a call names who is there')
    day.picks.push({
      atMs: day.now,
      types: where.nozzles,
      walkInStart: queueOf(vehicle, day.now, config) === 'walk-in',
      interrupted: call.explanation.step === 'head-of-line',
      waiting: waitingWalkIns(day, where),
    })
    day.called.add(call.ticket)
    day.state = state
  }
}

/** Counted from the vehicles, not from the rule's own records. */
function waitingWalkIns(day: Day, where: Position): SeenPick['waiting'] {
  const oldest = (type: NozzleType): number | undefined => {
    if (!where.nozzles.includes(type)) return undefined
    const waits = day.state.vehicles
      .filter((one) => one.nozzles.includes(type) && isWaitingWalkIn(one, day.now))
      .map(({ arrival }) => (day.now - arrival) / 60_000)
    return waits.length === 0 ? undefined : Math.max(...waits)
  }
  return { ngv1: oldest('ngv1'), ngv2: oldest('ngv2') }
}

function isWaitingWalkIn(vehicle: Vehicle, now: Instant): boolean {
  return vehicle.place.kind === 'waiting' && queueOf(vehicle, now, config) === 'walk-in'
}

/** No more arrivals, everything mended, everybody comes when called: until nobody is left. */
export function serveOut(day: Day): void {
  for (const one of day.state.positions) day.state = setService(day.state, one.no, 'open')
  for (let round = 0; day.state.vehicles.length > 0 && round < 1_000; round += 1) {
    callEverybody(day)
    for (const { ticket: id, place } of day.state.vehicles) {
      if (place.kind === 'called') start(day, indexOfCalled(day, id), 3)
    }
    day.now = after(day.now, minutes(3))
    for (const [no, there] of occupancies(day.state)) {
      if (there.at?.place.kind === 'filling') {
        day.state = endFill(day.state, no, { now: day.now, config })
      }
    }
  }
}

function indexOfCalled(day: Day, id: TicketId): number {
  const called = day.state.vehicles.filter(({ place }) => place.kind === 'called')
  return called.findIndex((one) => one.ticket === id)
}

/** The picks a walk-in of this type can see: at positions that have it, restarts left out. */
export function picksFor(day: Day, type: NozzleType): readonly SeenPick[] {
  return day.picks.filter(({ types, interrupted }) => types.includes(type) && !interrupted)
}

export const everyType = nozzleTypes
