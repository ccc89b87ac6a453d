import type { QuarterCount } from '@baari/shared/domain/forecast/serving/station-demand'
import type { Instant } from '@baari/shared/units/time'

/** What came, by quarter hour; a quarter that was not recorded has no row. */
export type Demand = {
  /** What tickets and fills say of the quarter that begins at `start`. */
  count(start: Instant): QuarterCount
  /** Writes a quarter; one already written stays as it is. */
  save(count: QuarterCount): void
  /** Start of the newest quarter written. */
  newest(): Instant | undefined
  /** Written quarters from `since` on, oldest first. */
  since(since: Instant): readonly QuarterCount[]
  dropBefore(before: Instant): void
}

export type DemandSlot = { readonly demand: Demand }
