import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

export const sensorUnits = ['mbar', 'pct_lel', 'mkelvin', 'g_per_min'] as const
/** Millibar, per cent of the lower explosive limit, millikelvin, grams per minute. */
export type SensorUnit = (typeof sensorUnits)[number]

/** What the instrument can measure, in its unit; a value outside is never told. */
export type SensorLimits = { readonly low: number; readonly high: number }

/**
 * A measuring instrument. `readings` answers from memory, at once, one value by the name of its
 * unit. A broken wire, 0 mA and a current outside the loop's range are `bad`; a value older than
 * the station file allows is `stale`; one that needed a second attempt is `uncertain`. The value is
 * null then, but for `uncertain`, and the last good one is kept with its time (X02, X03).
 */
export type Sensor = Device & {
  readonly unit: SensorUnit
  readings(): Readonly<Record<string, Reading<number>>>
  limits(): SensorLimits
  /** Called for every new value and for every loss of one. */
  onReading(call: (reading: Reading<number>) => void): Unsubscribe
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
