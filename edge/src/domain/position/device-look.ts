import type { Grams } from '@baari/shared/units/mass'
import type { Quality } from '../safety/safety-readings.ts'

/** The dispenser's state as far as a fill tells them apart; `running` delivers or may deliver. */
export type DeviceState =
  | 'out-of-order'
  | 'closed'
  | 'idle'
  | 'calling'
  | 'authorised'
  | 'running'
  | 'suspended'
  | 'completed'

/** One look at a nozzle; all its fields come from the same frame. */
export type DeviceLook = {
  /** Null when the device cannot be read. */
  readonly state: DeviceState | null
  readonly quality: Quality
  readonly nozzleOut: boolean | null
  readonly saleGrams: Grams
  /** Null when it has to be asked for with `totals`. */
  readonly totaliserGrams: Grams | null
  /** Sequence of the last completed sale; null for a meter without a log. */
  readonly saleSequence: number | null
  readonly bootEpoch: number | null
  /** The frame as the device sent it, stored beside what was decided by it. */
  readonly raw: string | null
}

const restStates: ReadonlySet<DeviceState> = new Set(['closed', 'idle', 'calling', 'completed'])

/** At rest = idle, calling, closed or completed (hardware.md section 7). */
export function isAtRest({ state }: DeviceLook): boolean {
  return state !== null && restStates.has(state)
}

/** Anything but good may be shown; nothing is decided by it. */
export function isReadable({ state, quality }: DeviceLook): boolean {
  return state !== null && quality === 'good'
}
