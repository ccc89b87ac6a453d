import type { Device, RaisedFault, Unsubscribe } from './device.ts'
import type { Reading } from './reading.ts'

export type StopState = 'healthy' | 'tripped'

/**
 * The contact of the station's emergency stop, which only mirrors the hard-wired one. `state`
 * answers from memory, at once; what cannot be read is `bad` or `stale` and never `healthy`. A
 * change is told as soon as it is read (X01).
 */
export type StopInput = Device & {
  state(): Reading<StopState>
  onChange(call: (reading: Reading<StopState>) => void): Unsubscribe
  onFault(call: (raised: RaisedFault) => void): Unsubscribe
}
