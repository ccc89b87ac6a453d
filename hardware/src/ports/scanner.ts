import type { LaneNo } from '@baari/shared/units/names'
import type { Instant, Mono } from '@baari/shared/units/time'
import type { Device, RaisedFault, Unsubscribe } from './device.ts'

/** One payload held before the window; re-reads of the same payload within 3 s are the same scan (Q01). */
export type Scan = {
  readonly scanner: string
  readonly lane: LaneNo
  /** The payload without framing and AIM identifier, exactly as coded. */
  readonly text: string
  /** AIM symbology identifier (ISO/IEC 15424), such as `]Q1` for QR; null when the device sends none. */
  readonly aim: string | null
  readonly at: Instant
  /** Arrival of the last byte of the payload, the terminator included. */
  readonly mono: Mono
  /** The bytes as hex, framing included. */
  readonly rawHex: string
}

/** What the lamp at the scanner shows: admitted, refused, working. */
export type LampSignal = 'green' | 'red' | 'busy'

export type ScannerCounters = {
  readonly scans: number
  readonly repeats: number
  readonly noReads: number
  readonly controlReplies: number
  readonly refusedSymbologies: number
  /** Payloads that were no printable text. */
  readonly garbage: number
  readonly overflowBytes: number
}

/**
 * A code reader at a lane. `onScan` is called once per scan, in the order of arrival, on the
 * control thread. `signal` shows a lamp, is idempotent, returns at once and reports whether the
 * bytes were taken by the line; a lost lamp is no reason to refuse a scan.
 */
export type Scanner = Device & {
  readonly lane: LaneNo
  onScan(call: (scan: Scan) => void): Unsubscribe
  onFault(call: (fault: RaisedFault) => void): Unsubscribe
  signal(signal: LampSignal): boolean
  counters(): ScannerCounters
}
