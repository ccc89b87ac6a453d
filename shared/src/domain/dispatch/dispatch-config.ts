import { minutes, seconds, type Millis } from '../../units/time.ts'

/** The numbers of the rule (lanes.md sections 1 and 2). Head office rolls them out by version. */
export type DispatchConfig = {
  /** Stands in every explanation, so that a decision can be judged by the rule it was made under. */
  readonly version: number
  /** Booked picks in a row while a walk-in waits. */
  readonly streakLimit: number
  /** The same once the oldest walk-in waits longer than `oldAfter`. */
  readonly streakLimitWhenOld: number
  readonly oldAfter: Millis
  /** A booked vehicle has its right from s minus this on. */
  readonly bookedFrom: Millis
  /** Earlier than s minus this is standby with a walk-in number. */
  readonly standbyBefore: Millis
  /** Later than s plus this is late. */
  readonly lateAfter: Millis
  /** Later than s plus this is a no-show. */
  readonly noShowAfter: Millis
  /** Late credit has fallen to nothing at s plus this. */
  readonly creditEndsAfter: Millis
  /** A position takes one staged vehicle in the last of its fill. */
  readonly stagingLast: Millis
  /** Time to be at the position after a call. */
  readonly showUpWithin: Millis
  readonly recallAfterPicks: number
  readonly placesBack: number
  readonly closeAfter: Millis
  readonly undoWithin: Millis
}

export const recommendedConfig: DispatchConfig = {
  version: 1,
  streakLimit: 2,
  streakLimitWhenOld: 1,
  oldAfter: minutes(45),
  bookedFrom: minutes(5),
  standbyBefore: minutes(20),
  lateAfter: minutes(10),
  noShowAfter: minutes(30),
  creditEndsAfter: minutes(60),
  stagingLast: minutes(2),
  showUpWithin: minutes(2),
  recallAfterPicks: 2,
  placesBack: 3,
  closeAfter: minutes(30),
  undoWithin: seconds(60),
}
