import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { PipeState } from './byte-pipe.ts'
import type { Unsubscribe } from './device.ts'

/** `over`: nothing more will come for this message. `sent`: its answer may come at any time. */
export type Handed = 'sent' | 'over'

/**
 * Whole messages to and from one controller, over HTTP or a WebSocket. What comes is delivered in
 * the order of arrival and may belong to any message sent before; who asked what is for the owner
 * to tell. Nothing rejects. A message in either direction is at most 128 KiB.
 */
export type MessageWire = {
  readonly name: string
  /** Begins to open; idempotent. */
  start(): void
  state(): PipeState
  /**
   * Sends one message. Faults: `port_unavailable` (not open or not reached, nothing was sent or its
   * fate is unknown), `bus_timeout`, `controller_access` (the login was refused),
   * `controller_failure` (no answer of the protocol). At most `timeoutMs`.
   */
  send(message: Uint8Array, timeoutMs: Millis): Promise<Result<Handed, Fault>>
  onMessage(call: (message: Uint8Array, at: Mono) => void): Unsubscribe
  onState(call: (state: PipeState) => void): Unsubscribe
  /** Ends the wire for good; idempotent; at most 1 s. */
  close(): Promise<void>
}

/** Longest message carried; 128 packets of a controller fit. */
export const longestMessageBytes = 131_072
