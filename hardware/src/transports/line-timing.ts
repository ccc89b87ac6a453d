import { millis, type Millis } from '@baari/shared/units/time'

/** How a line is set: bits per character count start, data, parity and stop bits. */
export type LineTiming = { readonly baud: number; readonly bitsPerChar: 10 | 11 }

/** Above this rate the gap is fixed (MODBUS over Serial Line V1.02, section 2.5.1.1). */
const fastestProportionalBaud = 19_200
const fixedGapMs = 1.75

/** Time `bytes` characters take on the wire. */
export function wireTime(timing: LineTiming, bytes: number): Millis {
  return millis((bytes * timing.bitsPerChar * 1000) / timing.baud)
}

/** T3.5, the silence between two frames. */
export function silentGap(timing: LineTiming): Millis {
  return timing.baud > fastestProportionalBaud ? millis(fixedGapMs) : wireTime(timing, 3.5)
}

/**
 * Line time of one exchange with its two gaps and the device's declared delay: the reciprocal of
 * the highest poll rate.
 */
export function exchangeTime(
  timing: LineTiming,
  size: {
    readonly requestBytes: number
    readonly replyBytes: number
    readonly deviceDelayMs: Millis
  },
): Millis {
  const wire = wireTime(timing, size.requestBytes + size.replyBytes)
  return millis(wire + 2 * silentGap(timing) + size.deviceDelayMs)
}
