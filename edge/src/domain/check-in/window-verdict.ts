import { minutes, type Instant, type Millis } from '@baari/shared/units/time'

/** Edges of lanes.md section 2, counted from the window start *s*. */
const priorityEnds = minutes(10)
const validityEnds = minutes(30)

export type WindowFacts = {
  readonly windowStart: Instant
  /** End of validity by token or row, whichever is later; it only ever extends. */
  readonly expires: Instant
  readonly earlyGraceMs: Millis
  /** Station delay *d*, added to the late edges and never to the early one. */
  readonly delayMs: Millis
  readonly trusted: boolean
}

export type WindowVerdict = 'TOO_EARLY' | 'ADMIT' | 'LATE' | 'NO_SHOW'

/**
 * Where `now` lies in the window. Edges belong to the earlier verdict: s+10:00 is still ADMIT,
 * s+30:00 still LATE. With an uncertain clock nobody is LATE.
 */
export function windowVerdict(window: WindowFacts, now: Instant): WindowVerdict {
  const { windowStart, delayMs, trusted, earlyGraceMs } = window
  if (now < windowStart - earlyGraceMs) return 'TOO_EARLY'
  const start = windowStart + delayMs
  if (now <= start + priorityEnds) return 'ADMIT'
  const end = Math.max(window.expires + delayMs, start + validityEnds)
  if (now > end) return 'NO_SHOW'
  return trusted ? 'LATE' : 'ADMIT'
}
