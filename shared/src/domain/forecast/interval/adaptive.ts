import { dayMs } from '../series/demand-table.ts'
import {
  bandOf,
  pickBand,
  stretchOf,
  type Outcome,
  type Stretch,
  type TimedOutcome,
} from './conformal.ts'

export type AdaptOn = {
  /** Out-of-sample outcomes of the history, sorted by time. */
  readonly past: TimedOutcome
  /** Rows to forecast, sorted by time; `actual` is NaN where none is known. */
  readonly future: TimedOutcome
  /** Age of the newest outcome that may be used, milliseconds; a day at least. */
  readonly leadMs: number
  /** Outcomes that one correction looks at, at most. */
  readonly window: number
  /** Rows of a usual day. */
  readonly perDay: number
}

/** So many days of the history tell, before the future begins, how wide the band has to be. */
const warmUpDays = 28
/** Share of a day's outcomes that may lie outside. */
const missShare = 0.2
/** By how much, in logs, a day on which every outcome was missed would widen the band. */
const pace = 0.2
/** In logs: a band is at most doubled, and narrowed by an eighth, so that its tails are kept. */
const widest = 0.7
const narrowest = -0.13

/**
 * Adaptive conformal: the stretch of each day comes from the latest outcomes that are at least the
 * lead old at its first row, of the history to begin with and of the actuals as they come in. Weeks
 * of outcomes answer late when the errors grow, so the band is also steered by its own misses: each
 * day outside it more often than a fifth widens the next ones, each day inside it narrows them
 * (Gibbs and Candès, "Adaptive conformal inference under distribution shift", 2021).
 * @returns a stretch for each row of the future
 */
export function adaptStretch(on: AdaptOn): readonly Stretch[] {
  const { past, future, leadMs, window, perDay } = on
  const line = joined(past, future)
  const rows = line.at.length
  const begun = past.at.length
  const out: Stretch[] = []
  const missed = new Int8Array(rows).fill(unjudged)
  let steer = 0
  let known = 0
  let counted = 0
  for (const { start, end } of daysFrom(line.at, begun)) {
    while (known < start && line.at[known]! <= line.at[start]! - leadMs) known += 1
    for (; counted < known; counted += 1) {
      if (missed[counted] === unjudged) continue
      const step = (pace * (missed[counted]! - missShare)) / perDay
      steer = Math.max(narrowest, Math.min(widest, steer + step))
    }
    const fitted = stretchOf(latest(line, known, window))
    const wider = Math.exp(steer)
    const stretch = { down: fitted.down * wider, up: fitted.up * wider }
    judge(line, { start, end, stretch, missed })
    for (let row = Math.max(start, begun); row < end; row += 1) out.push(stretch)
  }
  return out
}

const unjudged = -1

function joined(past: TimedOutcome, future: TimedOutcome): TimedOutcome {
  const join = (key: keyof TimedOutcome): Float64Array => {
    const both = new Float64Array(past[key].length + future[key].length)
    both.set(past[key])
    both.set(future[key], past[key].length)
    return both
  }
  return {
    centre: join('centre'),
    down: join('down'),
    up: join('up'),
    median: join('median'),
    actual: join('actual'),
    at: join('at'),
  }
}

/** Spans of at most a day from some weeks before the future on; a new one begins with the future. */
function* daysFrom(
  at: Float64Array,
  begun: number,
): Generator<{ readonly start: number; readonly end: number }> {
  const warmFrom = (at[begun] ?? at[begun - 1] ?? 0) - warmUpDays * dayMs
  // Outcomes of a fortnight come first, or the first corrections rest on nothing.
  const from = Math.max(warmFrom, (at[0] ?? 0) + (warmUpDays / 2) * dayMs)
  let start = at.findIndex((ms) => ms >= from)
  if (start < 0 || start > begun) start = begun
  while (start < at.length) {
    let end = start + 1
    while (end < at.length && end !== begun && at[end]! < at[start]! + dayMs) end += 1
    yield { start, end }
    start = end
  }
}

/** Notes which outcomes of a day its band has missed. */
function judge(
  line: TimedOutcome,
  day: {
    readonly start: number
    readonly end: number
    readonly stretch: Stretch
    readonly missed: Int8Array
  },
): void {
  const { start, end, stretch, missed } = day
  const rows = Array.from({ length: end - start }, (_, at) => start + at)
  const { low, high } = bandOf(pickBand(line, rows), stretch)
  rows.forEach((row, at) => {
    const y = line.actual[row]!
    if (!Number.isNaN(y)) missed[row] = y < low[at]! || y > high[at]! ? 1 : 0
  })
}

/** The newest known outcomes. */
function latest(line: TimedOutcome, known: number, window: number): Outcome {
  const rows: number[] = []
  for (let row = known - 1; row >= 0 && rows.length < window; row -= 1) {
    if (!Number.isNaN(line.actual[row]!)) rows.push(row)
  }
  return {
    ...pickBand(line, rows),
    actual: Float64Array.from(rows, (row) => line.actual[row]!),
  }
}
