import type { ClassMinutes } from '@baari/shared/domain/slots/class-minutes'
import type { PositionNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'

/** How long vehicles take at this station, and since when each position is free. */
export type ServiceTimes = {
  /** As learned so far; the usual ones before the first fill. */
  classMinutes(): ClassMinutes
  saveClassMinutes(minutes: ClassMinutes): void
  /** When the last vehicle's turn at the position ended; undefined before the first. */
  freedAt(position: PositionNo): Instant | undefined
  saveFreed(position: PositionNo, at: Instant): void
}

export type ServiceTimeSlot = { readonly serviceTimes: ServiceTimes }
