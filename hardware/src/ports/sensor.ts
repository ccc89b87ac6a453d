import type { Millis } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

export const sensorUnits = ['mbar', 'pct_lel', 'mkelvin', 'g_per_min'] as const
/** Millibar, per cent of the lower explosive limit, millikelvin, grams per minute. */
export type SensorUnit = (typeof sensorUnits)[number]

/** What a value can be; outside it is `bad`. Both ends are possible values. */
export type SensorLimits = { readonly low: number; readonly high: number }

/**
 * A device that only tells: an instrument on a loop, a tank gauge. Values are whole numbers under
 * names that end in their unit, such as `mbar` or `volumeMillilitres`, and the names never change.
 * `readings` answers from memory, at once. `stale` after `staleMs`; `bad` for a value that is no
 * number, a broken wire, a value out of its limits or one that the device itself distrusts; one that
 * needed a second attempt is `uncertain`. The value of a `stale` or `bad` reading is null, and the
 * last good one is kept with its time (X02, X03, M03). `onReadings` is called on the control thread
 * after every answer of the device, and when it did not answer.
 */
export type Sensor = Device & {
  readonly staleMs: Millis
  readings(): Readonly<Record<string, Reading<number>>>
  limits(): Readonly<Record<string, SensorLimits>>
  onReadings(call: () => void): Unsubscribe
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
