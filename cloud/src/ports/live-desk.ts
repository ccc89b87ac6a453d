import type { LiveStation } from '@baari/shared/contracts/http/live-api'
import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import type { VehicleClass } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

type Told = Omit<LiveStation, 'stale' | 'risk' | 'alarms' | 'alarmsMore'>

/** What stations told last, and what the cloud has sold of them. */
export type LiveFacts = Told & {
  /** Booked starts in a row while a walk-in waits; null where the station does not tell. */
  readonly limit: number | null
  readonly classMinutes: ClassMinutes
  readonly alarms: readonly Omit<LiveStation['alarms'][number], 'severity'>[]
  /** Bookings still to come by their window's start, without the station's delay. */
  readonly coming: readonly {
    readonly start: Instant
    readonly vehicleClass: VehicleClass
    readonly booked: number
  }[]
  /** Booked vehicles in the line, not yet called: when each came and when its window starts. */
  readonly line: readonly { readonly arrived: Instant; readonly start: Instant }[]
}

export type LiveDesk = {
  /** Every station in the order of its number; one statement. */
  stations(now: Instant): Promise<readonly LiveFacts[]>
}
