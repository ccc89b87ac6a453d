import type { Fault } from '@baari/shared/faults/no'
import type { Mono } from '@baari/shared/units/time'
import type { Unsubscribe } from './device.ts'

/** `opening` covers the first try and every later one: a pipe is opened again for ever. */
export type PipeState = 'opening' | 'open' | 'closed'

export type PipeCounters = {
  readonly bytesIn: number
  readonly bytesOut: number
  readonly opens: number
  readonly openFailures: number
  /** Times the far end or the driver said that the line is gone. */
  readonly losses: number
  /** Times the watchdog closed a line that was open and silent (S09). */
  readonly watchdogTrips: number
  /** Writes refused because the line was not open or its bound of unsent bytes was reached. */
  readonly refusedWrites: number
}

/**
 * Bytes to and from one line. Order is kept; what is lost with a broken line stays lost, so the
 * owner must treat a state change as the end of every exchange. Nothing throws and nothing waits:
 * `write` hands bytes over at once or returns false.
 */
export type BytePipe = {
  readonly name: string
  /** Begins to open; idempotent. */
  start(): void
  state(): PipeState
  /** The reason the line is not open now, typed (S11); null while it is open. */
  fault(): Fault | null
  /** False when the line is not open, or when more than 64 KiB wait to be sent. */
  write(bytes: Uint8Array): boolean
  onBytes(call: (bytes: Uint8Array, at: Mono) => void): Unsubscribe
  onState(call: (state: PipeState) => void): Unsubscribe
  /** Closes the line and opens it again, for a watchdog that has a reason. */
  reopen(reason: string): void
  counters(): PipeCounters
  /** Ends the pipe for good; idempotent; at most 1 s. */
  close(): Promise<void>
}
