import type { Told } from '../domain/sync/station-time.ts'
import type { StationNow } from './ledger.ts'
import type { Instant } from '@baari/shared/units/time'

/**
 * Station time for everybody in the control thread: the ledger stamps each command with it, the
 * screens show its quality. Never throws and never goes back while it is trusted.
 */
export type StationClock = {
  now(): StationNow
  /** What one exchange with the cloud told about the time. */
  learn(told: Told): void
  /** The floor this file kept from before the boot; uncertain time lies never before it. */
  restore(floor: Instant): void
  /** Wall clock minus station time; null while the time is uncertain. */
  wallErrorMs(): number | null
}
