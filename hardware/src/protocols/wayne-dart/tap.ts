import { createFrameBuffer, type FrameRules } from '../frame-buffer.ts'
import { dartHostRules, dartPumpRules } from './frame-codec.ts'
import type { DartHostFrame, DartPumpFrame } from './frames.ts'

export type DartHeard =
  | { readonly from: 'host'; readonly frame: DartHostFrame; readonly raw: Uint8Array }
  | { readonly from: 'pump'; readonly frame: DartPumpFrame; readonly raw: Uint8Array }

export type DartTap = {
  /** Whole frames of both sides, in their order; what is damaged is left out. */
  feed(bytes: Uint8Array): readonly DartHeard[]
}

/** Bytes that are a frame of either side. */
const eitherRules: FrameRules<Uint8Array> = {
  measure(bytes, from) {
    const asHost = dartHostRules.measure(bytes, from)
    return asHost === 'impossible' ? dartPumpRules.measure(bytes, from) : asHost
  },
  parse: (bytes) =>
    dartHostRules.parse(bytes) === null && dartPumpRules.parse(bytes) === null ? null : bytes,
}

/**
 * Listens to a line on which another host polls. A transaction number means another thing in each
 * direction, and a block does not say whose it is; so the block behind a poll is the pump's that was
 * polled, and every other one the host's.
 */
export function createDartTap(): DartTap {
  const buffer = createFrameBuffer(eitherRules)
  let polled: number | null = null

  function heard(raw: Uint8Array): readonly DartHeard[] {
    const host = dartHostRules.parse(raw)
    const pump = dartPumpRules.parse(raw)
    if (host !== null && (host.kind === 'poll' || host.kind === 'ack-poll')) {
      polled = host.address
      return [{ from: 'host', frame: host, raw }]
    }
    if (pump !== null && pump.address === polled) {
      polled = null
      return [{ from: 'pump', frame: pump, raw }]
    }
    polled = null
    return host === null ? [] : [{ from: 'host', frame: host, raw }]
  }

  return {
    feed: (bytes) =>
      buffer.feed(bytes).flatMap((item) => (item.kind === 'frame' ? heard(item.frame) : [])),
  }
}
