import type { StationView } from '@baari/shared/contracts/live/station-view'
import type { DispatchState, Moment } from '@baari/shared/domain/dispatch/dispatch-state'
import { queueOf } from '@baari/shared/domain/dispatch/queue-order'

/** The rule's rhythm as people see it: booked calls in a row, and how many may follow. */
export function ruleNow(
  { vehicles, streaks }: DispatchState,
  { now, config }: Moment,
): StationView['rule'] {
  const waits = vehicles
    .filter((one) => one.place.kind === 'waiting' && queueOf(one, now, config) === 'walk-in')
    .map(({ arrival }) => now - arrival)
  const oldest = waits.length > 0 ? Math.max(...waits) : null
  const isOld = oldest !== null && oldest > config.oldAfter
  return {
    streak: Math.max(streaks.ngv1, streaks.ngv2),
    limit: isOld ? config.streakLimitWhenOld : config.streakLimit,
    oldestWalkInWaitMs: oldest,
  }
}
