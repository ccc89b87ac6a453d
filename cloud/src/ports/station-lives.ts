import type { StationLive } from '@baari/shared/contracts/http/cloud-api'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** What drivers are told of stations as they are now. */
export type StationLives = {
  /** Every station that has ever told something. */
  all(now: Instant): Promise<ReadonlyMap<StationNo, StationLive>>
  /** These alone. */
  of(stations: readonly StationNo[], now: Instant): Promise<ReadonlyMap<StationNo, StationLive>>
}
