import { dle, stop } from './frames.ts'

/**
 * A byte FA is sent as 10 FA, so that a bare FA ends a frame. A literal 10 is sent as it is: the
 * length 16 of the totals is one.
 */
export function stuffed(bytes: Uint8Array): number[] {
  return Array.from(bytes).flatMap((byte) => (byte === stop ? [dle, stop] : [byte]))
}

/** The inverse: 10 is an escape only when FA follows. */
export function unstuffed(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, index) => byte !== dle || bytes[index + 1] !== stop)
}
