import { millis, type Millis } from '@baari/shared/units/time'

/** What is wrong with a device's line; all may be changed at any time. */
export type LineTrouble = {
  silent: boolean
  /** Delay before the n-th reply, counted from 1. */
  delayMs: (nth: number) => Millis
  /** Changes the bytes of the n-th reply, as a bad line would; null sends nothing. */
  distort: (bytes: Uint8Array, nth: number) => Uint8Array | null
  /** Answers every Modbus request with this exception; on another protocol it refuses commands. */
  exception: number | null
}

/** A healthy line whose device answers after `delayMs`. */
export function noTrouble(delayMs: Millis = millis(0)): LineTrouble {
  return { silent: false, delayMs: () => delayMs, distort: (bytes) => bytes, exception: null }
}
