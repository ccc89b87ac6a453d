import { istDay } from '../../units/ist-calendar.ts'
import { instant, millis, type DayNumber, type Instant, type Millis } from '../../units/time.ts'

/**
 * The station's word that every window of an IST day may start later by `delayMs`: tokens sold for
 * that day stay valid as much longer. Within a day the highest word counts, so that no later one can
 * shorten what a driver was told.
 */
export type DelayRaised = {
  readonly day: DayNumber
  readonly delayMs: Millis
  /** When the station said so. */
  readonly fromMs: Instant
}

/** A word with the station's signature over {@link delayText}: Ed25519, base64url. */
export type DelayAmendment = DelayRaised & { readonly kid: number; readonly sig: string }

/** UTF-8 text the station's key signs under a raised delay. */
export function delayText(station: number, { day, delayMs, fromMs }: DelayRaised): string {
  return ['baari-delay/1', String(station), String(day), String(delayMs), String(fromMs)].join('\n')
}

/** The offset of a window: what its own IST day was told, also after midnight. */
export function delayOfWindow(
  raised: readonly Pick<DelayRaised, 'day' | 'delayMs'>[],
  windowStart: Instant,
): Millis {
  const day = istDay(windowStart)
  const of = raised.filter((one) => one.day === day).map(({ delayMs }) => delayMs)
  return millis(Math.max(0, ...of))
}

export type Lateness = {
  readonly arrival: Instant
  /** How late the station is now. */
  readonly present: Millis
  /** What the window was told; never below what it was told before. */
  readonly promised: Millis
}

/**
 * Where a window of a late station begins for the queue. A vehicle may come up to the promised offset
 * later and stands as if it came on time; one that comes at the hour it was first told waits no longer
 * than the station is late now, which is less than promised once the station has caught up.
 */
export function startWhenLate(
  windowStart: Instant,
  { arrival, present, promised }: Lateness,
): Instant {
  const earliest = windowStart + Math.min(present, promised)
  return instant(Math.min(Math.max(arrival, earliest), windowStart + promised))
}
