import type { Grams } from '@baari/shared/units/mass'
import type { SaleFact } from './fill-states.ts'
import type { MeterReading } from './totaliser.ts'

/** The neutral device states, as far as recovery tells them apart (hardware.md section 7). */
export type DeviceRest = 'unreadable' | 'authorised' | 'running' | 'suspended' | 'at-rest'

/** What the dispenser says now, before anything is sent to it. */
export type DeviceFacts = {
  readonly rest: DeviceRest
  readonly reading: MeterReading
  /** Mass of the sale that runs now; null when the device does not say. */
  readonly runningGrams: Grams | null
  /** The last sale in its own log; null for a meter without one. */
  readonly sale: SaleFact | null
}
