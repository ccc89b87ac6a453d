import { hours, millis, minutes, type Instant, type Millis } from '../../units/time.ts'
import type { DispatchState, Moment, Vehicle } from './dispatch-state.ts'
import { bookedKey, queuesAt } from './queue-order.ts'

/** A window promises a start within ten minutes; the offset grows in steps of five. */
const promise = minutes(10)
const step = minutes(5)
/** A forecast this near the promise is not sure to keep it, and nobody may be late untold. */
const margin = minutes(2)
/** Past this nobody waits for a window any more: it is re-timed. */
const longestDelay = hours(4)

/**
 * The station's delay offset *d* (lanes.md section 2), in steps of five minutes: raised when the
 * forecast start of a booked vehicle that waits, or of a window that begins now, is after its
 * promise; never lowered. With `current` 0 it is how late the station is now. It is not added to the present offset: the vehicle that makes it necessary
 * still waits at the next look.
 */
export function raisedDelay(
  state: DispatchState,
  current: Millis,
  { now, config, meanService }: Moment & { readonly meanService: Millis },
): Millis {
  const kept = ({ place }: Vehicle): boolean => place.kind === 'waiting'
  const { booked, walkIn } = queuesAt(state, { now, config, kept })
  const oldest = walkIn.reduce((first, { arrival }) => Math.min(first, arrival), Infinity)
  const limit = now - oldest > config.oldAfter ? config.streakLimitWhenOld : config.streakLimit
  const open = state.positions.filter(({ service }) => service === 'open').length
  const apart = (meanService / Math.max(1, open)) * (walkIn.length === 0 ? 1 : (limit + 1) / limit)
  const ready: readonly Instant[] = [...booked.map(bookedKey), now]
  const over = ready.map((from, ahead) => now + (ahead + 1) * apart - from - (promise - margin))
  const most = Math.max(...over)
  return millis(Math.max(current, Math.min(longestDelay, Math.ceil(most / step) * step)))
}
