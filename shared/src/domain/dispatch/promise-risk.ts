import { hours, minutes, type Instant, type Millis } from '../../units/time.ts'

/** What bears on a station's promise: at a nozzle within ten minutes of coming inside the window. */
export type PromiseFacts = {
  readonly now: Instant
  /** Positions that take vehicles. */
  readonly working: number
  /** What the gas lets through; null while it is no limit. */
  readonly vehiclesPerHour: number | null
  /** Mean time at a position, change of vehicle included. */
  readonly meanService: Millis
  /** Booked starts in a row while a walk-in waits. */
  readonly limit: number
  readonly walkInsWaiting: number
  /**
   * Booked vehicles in the line by when their ten minutes began: the later of arrival and window
   * start, the station's delay included.
   */
  readonly line: readonly Instant[]
  /** Windows to come in the order of their starts, the station's delay included. */
  readonly windows: readonly BookedWindow[]
  /** Share of the booked that come. */
  readonly showShare: number
}

export type BookedWindow = {
  readonly start: Instant
  readonly booked: number
  /** Their time at a position by the class minutes, together. */
  readonly work: Millis
}

export type Risk = {
  readonly booked: number
  /** Expected number of them that will not be at a nozzle in time. */
  readonly late: number
}

export type PromiseRisk = Risk & {
  readonly line: Risk
  readonly windows: readonly (Risk & { readonly start: Instant })[]
}

export const promiseWithin = minutes(10)
/** Squared variation of the time at a position over all classes (lanes.md section 4). */
const serviceVariance = 0.35

/** How far the booked line reaches at a moment: its mean and what is uncertain about it. */
type Backlog = { readonly clears: number; readonly variance: number }

/**
 * How many booked vehicles will not be at a nozzle within ten minutes of coming inside their window.
 *
 * Definition: vehicles leave the head of the line one mean service ÷ working positions apart, or as
 * the gas allows if that is slower. While a walk-in waits a booked vehicle gets `limit` of every
 * `limit + 1` starts, and walk-ins are taken to wait throughout. Everybody of a window comes at its
 * start; `showShare` of the booked come. The start of the n-th vehicle since a position was last
 * idle has the mean n × that distance and a normal spread of its services and shows; *late* is the
 * chance that it is more than ten minutes after it was ready, added up over the vehicles. With no
 * position working, or no gas, everybody is late.
 */
export function promiseRisk(facts: PromiseFacts): PromiseRisk {
  return apart(facts, facts.meanService) === Infinity ? everybodyLate(facts) : forecast(facts)
}

function everybodyLate({ line, windows, showShare }: PromiseFacts): PromiseRisk {
  return summed(
    { booked: line.length, late: line.length },
    windows.map(({ start, booked }) => ({ start, booked, late: booked * showShare })),
  )
}

function forecast(facts: PromiseFacts): PromiseRisk {
  let backlog: Backlog = {
    clears: facts.now + facts.line.length * apart(facts, facts.meanService),
    variance: facts.line.length * spread(facts, facts.meanService),
  }
  const windows = facts.windows.map((window) => {
    const late = windowLate(facts, window, backlog)
    backlog = afterWindow(facts, window, backlog)
    return { start: window.start, booked: window.booked, late }
  })
  return summed(lineRisk(facts), windows)
}

function summed(line: Risk, windows: PromiseRisk['windows']): PromiseRisk {
  const all = [line, ...windows]
  return {
    line,
    windows,
    booked: all.reduce((sum, one) => sum + one.booked, 0),
    late: all.reduce((sum, one) => sum + one.late, 0),
  }
}

/** Mean time between two booked starts; infinite when nobody starts. */
function apart({ working, vehiclesPerHour, limit, walkInsWaiting }: PromiseFacts, mean: number) {
  if (working <= 0 || vehiclesPerHour === 0) return Infinity
  const byGas = vehiclesPerHour === null ? 0 : hours(1) / vehiclesPerHour
  const share = walkInsWaiting === 0 ? 1 : (limit + 1) / limit
  return Math.max(mean / working, byGas) * share
}

function spread(facts: PromiseFacts, mean: number): number {
  return apart(facts, mean) ** 2 * serviceVariance
}

function lineRisk(facts: PromiseFacts): Risk {
  const step = apart(facts, facts.meanService)
  const late = facts.line
    .toSorted((a, b) => a - b)
    .reduce((sum, ready, ahead) => {
      const wait = facts.now + (ahead + 1) * step - ready
      return sum + lateChance(wait, (ahead + 1) * spread(facts, facts.meanService))
    }, 0)
  return { booked: facts.line.length, late }
}

function windowLate(facts: PromiseFacts, window: BookedWindow, backlog: Backlog): number {
  const { start, booked, work } = window
  if (booked === 0) return 0
  const mean = work / booked
  const step = apart(facts, mean)
  const busy = backlog.clears > start || facts.walkInsWaiting > 0
  const from = Math.max(start, backlog.clears)
  const before = backlog.clears > start ? backlog.variance : 0
  let late = 0
  for (let n = 0; n < booked; n += 1) {
    // Those of the window before this one who come; idle positions take the first at once.
    const ahead = n * facts.showShare + 1 - (busy ? 0 : facts.working)
    const steps = Math.max(0, ahead)
    const shows = n * facts.showShare * (1 - facts.showShare) * step ** 2
    const variance = before + steps * spread(facts, mean) + (steps === 0 ? 0 : shows)
    late += facts.showShare * lateChance(from + steps * step - start, variance)
  }
  return late
}

function afterWindow(
  facts: PromiseFacts,
  { start, booked, work }: BookedWindow,
  { clears, variance }: Backlog,
): Backlog {
  if (booked === 0) return { clears, variance }
  const mean = work / booked
  const come = booked * facts.showShare
  const added = come * spread(facts, mean) + come * (1 - facts.showShare) * apart(facts, mean) ** 2
  return {
    clears: Math.max(start, clears) + come * apart(facts, mean),
    variance: (clears > start ? variance : 0) + added,
  }
}

/** Chance that a start with this mean wait is past the promise; certain without a spread. */
function lateChance(wait: number, variance: number): number {
  if (variance === 0) return wait > promiseWithin ? 1 : 0
  return above((promiseWithin - wait) / Math.sqrt(variance))
}

/** Share of a standard normal above z; Abramowitz and Stegun 26.2.17, right to 1e-7. */
function above(z: number): number {
  if (z < 0) return 1 - above(-z)
  const t = 1 / (1 + 0.2316419 * z)
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}
