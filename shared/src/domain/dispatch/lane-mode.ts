import type { PositionNo } from '../../units/names.ts'
import { hours, minutes, type Instant, type Millis } from '../../units/time.ts'
import type { Position } from './dispatch-state.ts'

/** What the sign over a lane says. It is advice: no mode ever changes whose turn it is. */
export type LaneMode = 'booked' | 'walk-in' | 'mixed' | 'closed'

/** How many lanes are signed for booked vehicles, and what keeps the signs from flickering. */
export type LaneAdvice = {
  readonly bookedLanes: number
  /** What the last evaluation asked for; a change needs a second one that agrees. */
  readonly wanted: number
  readonly evaluatedMs?: Instant
  /** The number before the last change: it may not come back within ten minutes. */
  readonly before?: number
  /** Changes of the last hour, oldest first. */
  readonly changedMs: readonly Instant[]
}

/** What one evaluation looks at. */
export type LaneNeed = {
  readonly bookedWaiting: number
  /** Mean time at a position, E[S]. */
  readonly meanService: Millis
  /** Booked work expected in the next five minutes. */
  readonly expectedWork: Millis
  readonly openLanes: number
}

/** The numbers of lanes.md section 1, "Lane modes". */
const evaluateEvery = minutes(5)
const dwell = minutes(5)
const noReturnWithin = minutes(10)
const changesPerHour = 6

export const noLaneAdvice: LaneAdvice = { bookedLanes: 0, wanted: 0, changedMs: [] }

/** clamp(round((booked waiting × E[S] + booked work of the next 5 min) / 5 min), 0, c−1). */
export function wantedLanes(need: LaneNeed): number {
  const work = need.bookedWaiting * need.meanService + need.expectedWork
  return Math.max(0, Math.min(Math.round(work / evaluateEvery), need.openLanes - 1))
}

/** Whether an evaluation would look at anything now: five minutes after the last one. */
export function isAdviceDue({ evaluatedMs }: LaneAdvice, now: Instant): boolean {
  return evaluatedMs === undefined || now - evaluatedMs >= evaluateEvery
}

/** One evaluation; asked sooner than five minutes after the last one it changes nothing. */
export function adviseLanes(advice: LaneAdvice, need: LaneNeed, now: Instant): LaneAdvice {
  if (!isAdviceDue(advice, now)) return advice
  const wanted = wantedLanes(need)
  const changedMs = advice.changedMs.filter((at) => now - at < hours(1))
  const seen: LaneAdvice = { ...advice, wanted, evaluatedMs: now, changedMs }
  const agrees = advice.evaluatedMs !== undefined && wanted === advice.wanted
  if (!agrees || !mayChange(seen, wanted, now)) return seen
  return {
    ...seen,
    bookedLanes: wanted,
    before: advice.bookedLanes,
    changedMs: [...changedMs, now],
  }
}

function mayChange(advice: LaneAdvice, wanted: number, now: Instant): boolean {
  if (wanted === advice.bookedLanes || advice.changedMs.length >= changesPerHour) return false
  const last = advice.changedMs.at(-1)
  if (last === undefined) return true
  return now - last >= (wanted === advice.before ? noReturnWithin : dwell)
}

/**
 * The sign of every lane: the first open ones are for booked vehicles, the others for walk-ins, and
 * with no booked lane all are mixed. A lane that closes says so at once; the last open one is
 * never for booked vehicles alone.
 */
export function laneModes(
  positions: readonly Position[],
  { bookedLanes }: LaneAdvice,
): ReadonlyMap<PositionNo, LaneMode> {
  const open = positions.filter(({ service }) => service === 'open').map(({ no }) => no)
  const booked = open.slice(0, Math.min(bookedLanes, Math.max(0, open.length - 1)))
  const others: LaneMode = booked.length === 0 ? 'mixed' : 'walk-in'
  return new Map(
    positions.map(({ no, service }) => [
      no,
      service === 'open' ? (booked.includes(no) ? 'booked' : others) : 'closed',
    ]),
  )
}
