import type { LineTiming } from '@baari/hardware/transports/line-timing'

/** One line of the wire process: eight heads behind a serial device server on loopback. */
export type LinePlan = { readonly timing: LineTiming; readonly deviceDelayMs: number }

/**
 * `gone` takes the device server away with its connections; `mute` leaves the connections and lets
 * nothing through, as a pulled cable behind it would.
 */
export type Breakage = 'gone' | 'mute'

/** `line` is the place in the list of plans. */
export type WireAsk =
  | { readonly kind: 'open'; readonly lines: readonly LinePlan[]; readonly seed: number }
  | { readonly kind: 'count'; readonly line: number }
  /** A vehicle stands at every head and its driver has lifted the nozzle: a stop has work to do. */
  | { readonly kind: 'sell'; readonly line: number }
  | { readonly kind: 'silence'; readonly line: number; readonly address: number }
  | { readonly kind: 'break'; readonly line: number; readonly how: Breakage }
  | { readonly kind: 'mend'; readonly line: number }
  | { readonly kind: 'stop' }

export type HeardStop = { readonly address: number; readonly atMs: number }

export type WireReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opened'; readonly ports: readonly number[] }
  | {
      readonly kind: 'counted'
      /** Questions heard so far, by address less one. */
      readonly reads: readonly number[]
      /** Stops heard since the last count, on the clock that all processes share. */
      readonly stops: readonly HeardStop[]
      readonly collided: number
    }
  /** Carried out, at this moment of the shared clock. */
  | { readonly kind: 'done'; readonly atMs: number }
  | { readonly kind: 'failed'; readonly reason: string }
