import type { Instant } from '@baari/shared/units/time'
import type { Quality } from '../domain/safety/safety-readings.ts'

/** One value of one sensor as it is now, whatever way it comes to the node. */
export type SensorReading = {
  readonly sensor: string
  /** Ends in its unit, such as `mbar` or `volumeMillilitres`. */
  readonly name: string
  /** Null when the quality is `bad` or `stale`. */
  readonly value: number | null
  readonly quality: Quality
  readonly lastGood: { readonly value: number; readonly at: Instant } | null
}
