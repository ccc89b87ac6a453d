import { dayMs } from '../series/demand-table.ts'
import { pickBand, stretchOf, type Outcome, type Stretch, type TimedOutcome } from './conformal.ts'
import { steeredSpans, type ToldSpan } from './steering.ts'

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

/**
 * Adaptive conformal: the stretch of each day comes from the latest outcomes that are at least the
 * lead old at its first row, of the history to begin with and of the actuals as they come in. Weeks
 * of outcomes answer late when the errors grow, so the band is also steered by its own misses.
 * @returns a stretch for each row of the future
 */
export function adaptStretch(on: AdaptOn): readonly Stretch[] {
  const { past, future, leadMs, window, perDay } = on
  const line = joined(past, future)
  const begun = past.at.length
  const fit = (known: number): Stretch => stretchOf(latest(line, known, window))
  const spans = daysFrom(line.at, begun)
  return steeredSpans({ line, spans, leadMs, perDay, fit })
    .filter(({ start }) => start >= begun)
    .flatMap(({ start, end, stretch }) => Array.from({ length: end - start }, () => stretch))
}

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
function* daysFrom(at: Float64Array, begun: number): Generator<ToldSpan> {
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
