import type { Unmet } from '@baari/shared/domain/forecast/learning/censored-history'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

export type Seeker = { readonly station: StationNo; readonly driver: string }

/**
 * Who found no window, counted by quarter hour. Promises: one person counts once for a station as
 * long as the mark is kept, and no row says who it was.
 */
export type UnmetRequests = {
  turnedAway(who: Seeker & { readonly windowStart: Instant }): Promise<void>
  /** Got a window there after all, or waits for one. */
  met(who: Seeker): Promise<void>
  /** Makes counts of requests half an hour old and forgets whose they were. */
  count(): Promise<void>
  /** Counts by station, with the quarters of which nothing was left to sell. */
  since(since: Instant): Promise<ReadonlyMap<number, Unmet>>
}
