import type { Millis } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

/** What a value can be; outside it is quality `bad`. Both ends are possible values. */
export type GaugeRange = { readonly low: number; readonly high: number }

/**
 * A device that only tells. Values are whole numbers whose names end in their unit, such as
 * `volumeMillilitres`; the names never change. `readings` answers from memory, at once: `stale`
 * after `staleMs`, `bad` for a value that is no number, out of its range, or that the device itself
 * distrusts. `onReadings` is called after every answer of the device, on the control thread.
 */
export type Gauge = Device & {
  readonly staleMs: Millis
  readings(): Readonly<Record<string, Reading<number>>>
  limits(): Readonly<Record<string, GaugeRange>>
  onReadings(call: () => void): Unsubscribe
  onFault(call: (fault: RaisedFault) => void): Unsubscribe
}
