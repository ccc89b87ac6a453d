import { bandOf, sliceBand, type Stretch, type TimedOutcome } from './conformal.ts'

/** Share of a day's outcomes that may lie outside. */
const missShare = 0.2
/** By how much, in logs, a day on which every outcome was missed would widen the band. */
const pace = 0.2
/** In logs: a band is at most doubled, and narrowed by an eighth, so that its tails are kept. */
const widest = 0.7
const narrowest = -0.13

/** Rows of a line that were told together, from the first up to, without, the last. */
export type ToldSpan = { readonly start: number; readonly end: number }

export type SteerOn = {
  /** Sorted by time; `actual` is NaN where nothing is known, the week ahead among it. */
  readonly line: TimedOutcome
  /** In the order of the line, a day at most where misses are to count. */
  readonly spans: Iterable<ToldSpan>
  /** Age of the newest outcome that may be used, milliseconds; a day at least. */
  readonly leadMs: number
  /** Rows of a usual day. */
  readonly perDay: number
  /** What the first `known` outcomes of the line alone stretch the band by. */
  readonly fit: (known: number) => Stretch
}

export type SteeredSpan = ToldSpan & {
  /** As it is told: the fit, widened or narrowed by the misses before. */
  readonly stretch: Stretch
  /** By how much the misses have widened it. */
  readonly wider: number
}

/**
 * A band steered by its own misses: each day outside it more often than a fifth widens the next
 * ones, each day inside it narrows them (Gibbs and Candès, "Adaptive conformal inference under
 * distribution shift", 2021). Only misses of bands that were told here count, when they are the lead
 * old. The back-test and the station call it, so that what is measured is what is served; its state
 * is what the outcomes make of it, and nothing has to be kept.
 */
export function steeredSpans({
  line,
  spans,
  leadMs,
  perDay,
  fit,
}: SteerOn): readonly SteeredSpan[] {
  const out: SteeredSpan[] = []
  const missed = new Int8Array(line.at.length).fill(unjudged)
  let steer = 0
  let known = 0
  let counted = 0
  for (const { start, end } of spans) {
    while (known < start && line.at[known]! <= line.at[start]! - leadMs) known += 1
    for (; counted < known; counted += 1) {
      if (missed[counted] === unjudged) continue
      const step = (pace * (missed[counted]! - missShare)) / perDay
      steer = Math.max(narrowest, Math.min(widest, steer + step))
    }
    const wider = Math.exp(steer)
    const fitted = fit(known)
    const stretch = { down: fitted.down * wider, up: fitted.up * wider }
    judge(line, { start, end, stretch, missed })
    out.push({ start, end, stretch, wider })
  }
  return out
}

const unjudged = -1

/** Notes which outcomes of a span its band has missed. */
function judge(
  line: TimedOutcome,
  { start, end, stretch, missed }: ToldSpan & Pick<SteeredSpan, 'stretch'> & { missed: Int8Array },
): void {
  const { low, high } = bandOf(sliceBand(line, start, end), stretch)
  for (let row = start; row < end; row += 1) {
    const y = line.actual[row]!
    if (Number.isNaN(y)) continue
    missed[row] = y < low[row - start]! || y > high[row - start]! ? 1 : 0
  }
}
