import { err, ok, type Result } from '../../faults/result.ts'
import type { RunSeed } from './chance.ts'
import { dayRun } from './day-run.ts'
import { meanOf, type Estimate } from './statistics.ts'
import { steadyRun, type Rule } from './steady-run.ts'
import type { SteadyState } from './steady-state.ts'
import type { TwoPeakDay } from './two-peak-day.ts'
import type { Waits } from './waits.ts'

/** A station as a question about it begins. */
export type Station = { readonly rule: Rule } & (
  | { readonly kind: 'steady'; readonly steady: SteadyState }
  | { readonly kind: 'day'; readonly day: TwoPeakDay }
)

/** One thing that could be otherwise. */
export type Change =
  | { readonly kind: 'close-position' }
  | { readonly kind: 'cap'; readonly cap: TwoPeakDay['cap'] }
  | { readonly kind: 'booked-share'; readonly bookedShare: number }
  | { readonly kind: 'rule'; readonly streakLimit: number; readonly streakLimitWhenOld: number }
  | { readonly kind: 'staging'; readonly staging: boolean }

/** Why a question has no answer. */
export type NoAnswer =
  /** No position would be left. */
  | { readonly code: 'no_position_left' }
  /** More arrives than the station can serve: its queue would only grow. */
  | { readonly code: 'overloaded'; readonly load: number }
  /** A station in steady state has no slots; its booked share is given. */
  | { readonly code: 'no_cap_in_steady_state' }

const mostSteadyLoad = 0.98

/** The station after the change, meeting the same vehicles as before. */
export function changed(station: Station, change: Change): Result<Station, NoAnswer> {
  switch (change.kind) {
    case 'close-position':
      return withoutPosition(station)
    case 'cap':
      return station.kind === 'day'
        ? ok({ ...station, day: { ...station.day, cap: change.cap } })
        : err({ code: 'no_cap_in_steady_state' })
    case 'booked-share':
      return ok(withTraffic(station, { bookedShare: change.bookedShare }))
    case 'rule': {
      const { streakLimit, streakLimitWhenOld } = change
      const config = { ...station.rule.config, streakLimit, streakLimitWhenOld }
      return ok({ ...station, rule: { ...station.rule, config } })
    }
    case 'staging':
      return ok({ ...station, rule: { ...station.rule, staging: change.staging } })
  }
}

/** As many vehicles for fewer positions: the load per position rises. */
function withoutPosition(station: Station): Result<Station, NoAnswer> {
  const { positions, load } = station.kind === 'day' ? station.day : station.steady
  if (positions === 1) return err({ code: 'no_position_left' })
  const left = { positions: positions - 1, load: (load * positions) / (positions - 1) }
  if (station.kind === 'steady' && left.load > mostSteadyLoad) {
    return err({ code: 'overloaded', load: left.load })
  }
  return ok(withTraffic(station, left))
}

type Traffic = Partial<Pick<SteadyState, 'positions' | 'load' | 'bookedShare'>>

function withTraffic(station: Station, traffic: Traffic): Station {
  return station.kind === 'day'
    ? { ...station, day: { ...station.day, ...traffic } }
    : { ...station, steady: { ...station.steady, ...traffic } }
}

export type Length = { readonly seed: number; readonly replications: number }

/** The figures of one station over its replications, in minutes and shares. */
export type Figures = {
  readonly allMean: Estimate
  readonly bookedP95: Estimate
  readonly bookedInTen: Estimate
  readonly walkInMean: Estimate
  readonly walkInP95: Estimate
  readonly walkInOver30: Estimate
  /** Vehicles waiting at each half hour of the day; empty for a station in steady state. */
  readonly queue: readonly number[]
}

/** What a change adds to each figure. */
type Difference = Omit<Figures, 'queue'>

export type Answer = {
  /** First come first served for the same vehicles, without bookings. */
  readonly b: Figures
  readonly now: Figures
  /** Absent when nothing was to be changed. */
  readonly then?: Figures
  /**
   * With the change less without it, replication by replication: the same vehicles met both, so that
   * what they have in common does not blur the interval.
   */
  readonly difference?: Difference
}

type Step = { readonly done: number; readonly steps: number }

/**
 * What a change would do, from as many replications as are asked for. The same seed asks the same
 * vehicles, before the change and after it.
 */
export function whatIf(
  station: Station,
  changes: readonly Change[],
  length: Length,
): Result<Answer, NoAnswer> {
  const asked = askWhatIf(station, changes, length)
  for (;;) {
    const step = asked.next()
    if (step.done === true) return step.value
  }
}

/** The same, told after each replication: whoever has to stop in time looks in between. */
export function* askWhatIf(
  station: Station,
  changes: readonly Change[],
  { seed, replications }: Length,
): Generator<Step, Result<Answer, NoAnswer>> {
  const after = afterAll(station, changes)
  if (!after.ok) return after
  const stations = changes.length === 0 ? [station] : [station, after.value]
  const played: (readonly Replication[])[] = []
  let done = 0
  for (const one of stations) {
    const runs: Replication[] = []
    for (let replication = 0; replication < replications; replication += 1) {
      runs.push(playOnce(one, { seed, replication }))
      done += 1
      yield { done, steps: stations.length * replications }
    }
    played.push(runs)
  }
  const [before = [], then] = played
  const answer = { b: figuresOf(before.map(({ b }) => b)), now: figuresOf(before.map(rec)) }
  if (then === undefined) return ok(answer)
  return ok({
    ...answer,
    then: figuresOf(then.map(rec)),
    difference: differenceOf(before.map(rec), then.map(rec)),
  })
}

function afterAll(station: Station, changes: readonly Change[]): Result<Station, NoAnswer> {
  let after = station
  for (const change of changes) {
    const next = changed(after, change)
    if (!next.ok) return next
    after = next.value
  }
  return ok(after)
}

type Side = { readonly waits: Waits; readonly queue: readonly number[] }
type Replication = { readonly rec: Side; readonly b: Side }

const rec = (one: Replication): Side => one.rec

function playOnce(station: Station, seed: RunSeed): Replication {
  if (station.kind === 'steady') {
    const run = steadyRun(station.steady, station.rule, seed)
    return { rec: { waits: run.rec, queue: [] }, b: { waits: run.b, queue: [] } }
  }
  const run = dayRun(station.day, station.rule, seed)
  return { rec: { waits: run.rec, queue: run.queue }, b: { waits: run.b, queue: run.queueB } }
}

function differenceOf(before: readonly Side[], after: readonly Side[]): Difference {
  const of = (key: keyof Difference): Estimate =>
    meanOf(after.map(({ waits }, i) => waits[key] - (before[i]?.waits[key] ?? NaN)))
  return {
    allMean: of('allMean'),
    bookedP95: of('bookedP95'),
    bookedInTen: of('bookedInTen'),
    walkInMean: of('walkInMean'),
    walkInP95: of('walkInP95'),
    walkInOver30: of('walkInOver30'),
  }
}

function figuresOf(sides: readonly Side[]): Figures {
  const mean = (of: (waits: Waits) => number): Estimate =>
    meanOf(sides.map(({ waits }) => of(waits)))
  const halfHours = sides[0]?.queue.length ?? 0
  return {
    allMean: mean(({ allMean }) => allMean),
    bookedP95: mean(({ bookedP95 }) => bookedP95),
    bookedInTen: mean(({ bookedInTen }) => bookedInTen),
    walkInMean: mean(({ walkInMean }) => walkInMean),
    walkInP95: mean(({ walkInP95 }) => walkInP95),
    walkInOver30: mean(({ walkInOver30 }) => walkInOver30),
    queue: Array.from({ length: halfHours }, (_, i) => {
      return sides.reduce((sum, { queue }) => sum + (queue[i] ?? 0), 0) / sides.length
    }),
  }
}
