/** What the bench asks the process that plays the stations, and what it hears back. */
export type FleetAsk =
  /** Makes stations 1 to `count` with keys of their own. */
  | { readonly kind: 'make'; readonly count: number; readonly cloud: string; readonly seed: number }
  /** The next so many sign in, read the snapshot of their bookings and begin to wait for changes. */
  | { readonly kind: 'connect'; readonly count: number }
  /** Everyone serves one vehicle in `vehicleMs`, telling the cloud of each moment as it comes. */
  | { readonly kind: 'serve'; readonly forMs: number; readonly vehicleMs: number }
  /** Everyone comes back from an outage at once, with so many bookings to tell of. */
  | { readonly kind: 'drain'; readonly bookings: number }
  | { readonly kind: 'stop' }

export type FleetReply =
  | { readonly kind: 'ready' }
  /** Public keys as base64url, station 1 first. */
  | { readonly kind: 'made'; readonly publicKeys: readonly string[] }
  | { readonly kind: 'connected'; readonly tookMs: number }
  | { readonly kind: 'served'; readonly work: FleetWork }
  | { readonly kind: 'drained'; readonly work: FleetWork }
  /** A watched booking came down; the moment by the machine's monotonic clock. */
  | { readonly kind: 'seen'; readonly booking: string; readonly atMs: number }
  | { readonly kind: 'failed'; readonly reason: string }

export type FleetWork = {
  readonly ops: number
  readonly tookMs: number
  /** From sending a batch to its acknowledgement. */
  readonly ackMs: readonly number[]
  /** Requests since the last answer that were told to come back, and that failed otherwise. */
  readonly refused: number
  readonly failed: number
}

/** Ids that the stations report when they come down: those of the bench's own bookings. */
export const watchedPrefix = '00000000-0000-7000-9000-'

/** One clock for all processes of the machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The booking that a station's `n`-th vehicle holds. */
export function vehicleBooking(station: number, n: number): string {
  return `00000000-0000-7000-8000-${(station * 1_000 + n).toString(16).padStart(12, '0')}`
}
