import { recommendedConfig } from '../dispatch/dispatch-config.ts'
import type { Instant } from '../../units/time.ts'
import { average, percentile } from './statistics.ts'
import type { Visit } from './visit.ts'

/** Arrivals that count: from … to. */
export type Measured = { readonly from: Instant; readonly to: Instant }

/** Waits of one run in minutes (lanes.md section 4, "Waits"). NaN where nobody is counted. */
export type Waits = {
  /** From max(arrival, s) to the start, of bookings that were on time. */
  readonly bookedMean: number
  readonly bookedP95: number
  /** Share of them that started within ten minutes. */
  readonly bookedInTen: number
  /** From arrival to start, of vehicles without a booking. */
  readonly walkInMean: number
  readonly walkInP95: number
  readonly walkInP99: number
  /** Share of them that waited longer than 30 minutes. */
  readonly walkInOver30: number
  readonly lateMean: number
  readonly allMean: number
  readonly allP95: number
  readonly allP99: number
  /** From arrival to start, of everybody: for the conservation law only. */
  readonly rawMean: number
  /** Vehicles that came later and started earlier, per walk-in. */
  readonly overtakes: number
}

const minuteMs = 60_000

/** The waits of the vehicles that arrived in the measured part. */
export function waitsOf(
  visits: readonly Visit[],
  starts: Float64Array,
  { from, to }: Measured,
): Waits {
  const kinds = { booked: [] as number[], walkIn: [] as number[], late: [] as number[] }
  let raw = 0
  let overtakes = 0
  visits.forEach((visit, n) => {
    if (visit.arrival < from || visit.arrival >= to) return
    const start = starts[n] ?? NaN
    const kind = kindOf(visit)
    kinds[kind].push(waitOf(visit, start) / minuteMs)
    raw += (start - visit.arrival) / minuteMs
    if (kind === 'walkIn') overtakes += overtakesOf(visits, starts, n)
  })
  const { booked, walkIn, late } = kinds
  const all = [...booked, ...walkIn, ...late]
  const sorted = { booked: inOrder(booked), walkIn: inOrder(walkIn), all: inOrder(all) }
  return {
    bookedMean: average(booked),
    bookedP95: percentile(sorted.booked, 0.95),
    bookedInTen: share(booked, (wait) => wait <= 10),
    walkInMean: average(walkIn),
    walkInP95: percentile(sorted.walkIn, 0.95),
    walkInP99: percentile(sorted.walkIn, 0.99),
    walkInOver30: share(walkIn, (wait) => wait > 30),
    lateMean: average(late),
    allMean: average(all),
    allP95: percentile(sorted.all, 0.95),
    allP99: percentile(sorted.all, 0.99),
    rawMean: raw / all.length,
    overtakes: overtakes / walkIn.length,
  }
}

function kindOf({ arrival, windowStart }: Visit): 'booked' | 'walkIn' | 'late' {
  if (windowStart === undefined) return 'walkIn'
  return arrival - windowStart > recommendedConfig.lateAfter ? 'late' : 'booked'
}

/** Time before the window is not waiting. */
function waitOf({ arrival, windowStart }: Visit, start: number): number {
  return windowStart === undefined
    ? start - arrival
    : Math.max(0, start - Math.max(arrival, windowStart))
}

function overtakesOf(visits: readonly Visit[], starts: Float64Array, n: number): number {
  const arrival = visits[n]?.arrival ?? 0
  const start = starts[n] ?? 0
  let found = 0
  for (let i = n + 1; (visits[i]?.arrival ?? Infinity) < start; i += 1) {
    if ((starts[i] ?? 0) < start && (visits[i]?.arrival ?? 0) > arrival) found += 1
  }
  return found
}

function inOrder(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort()
}

function share(values: readonly number[], holds: (value: number) => boolean): number {
  return values.filter(holds).length / values.length
}

/** Most vehicles that had arrived and not started at one moment. */
export function longestQueueOf(visits: readonly Visit[], starts: Float64Array): number {
  const ordered = Float64Array.from(starts).sort()
  let started = 0
  let longest = 0
  visits.forEach(({ arrival }, i) => {
    while ((ordered[started] ?? Infinity) <= arrival) started += 1
    longest = Math.max(longest, i + 1 - started)
  })
  return longest
}

/** The mean of every figure over several runs. */
export function meanWaits(runs: readonly Waits[]): Waits {
  const mean = (of: (waits: Waits) => number): number => average(runs.map(of))
  return {
    bookedMean: mean(({ bookedMean }) => bookedMean),
    bookedP95: mean(({ bookedP95 }) => bookedP95),
    bookedInTen: mean(({ bookedInTen }) => bookedInTen),
    walkInMean: mean(({ walkInMean }) => walkInMean),
    walkInP95: mean(({ walkInP95 }) => walkInP95),
    walkInP99: mean(({ walkInP99 }) => walkInP99),
    walkInOver30: mean(({ walkInOver30 }) => walkInOver30),
    lateMean: mean(({ lateMean }) => lateMean),
    allMean: mean(({ allMean }) => allMean),
    allP95: mean(({ allP95 }) => allP95),
    allP99: mean(({ allP99 }) => allP99),
    rawMean: mean(({ rawMean }) => rawMean),
    overtakes: mean(({ overtakes }) => overtakes),
  }
}

/** How many wait at each of these moments: arrived and not started. */
export function queueAt(
  visits: readonly Visit[],
  starts: Float64Array,
  moments: readonly Instant[],
): readonly number[] {
  const arrivals = Float64Array.from(visits, ({ arrival }) => arrival)
  const ordered = Float64Array.from(starts).sort()
  return moments.map((at) => countUntil(arrivals, at) - countUntil(ordered, at))
}

function countUntil(ordered: Float64Array, at: number): number {
  const after = ordered.findIndex((value) => value > at)
  return after === -1 ? ordered.length : after
}
