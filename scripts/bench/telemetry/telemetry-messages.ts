/** What the bench asks of the process with the MQTT clients, and what that answers. */
export type LoadAsk =
  | { readonly kind: 'connect'; readonly port: number; readonly devices: number }
  /** Every device keeps so many readings unacknowledged. */
  | { readonly kind: 'round'; readonly forMs: number; readonly inFlight: number }
  /** As a round, but until so many were acknowledged, and it goes on after the answer. */
  | { readonly kind: 'until'; readonly acknowledged: number; readonly inFlight: number }
  /** Counts the acknowledged readings that the file does not hold; ends the clients. */
  | { readonly kind: 'compare'; readonly file: string }
  | { readonly kind: 'stop' }

export type LoadReply =
  | { readonly kind: 'ready' | 'connected' | 'reached' }
  | {
      readonly kind: 'rounded'
      readonly acknowledged: number
      readonly tookMs: number
      readonly p50Ms: number
      readonly p99Ms: number
    }
  | { readonly kind: 'compared'; readonly acknowledged: number; readonly lost: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** The process with the inlet says when it listens and, when asked, what it has used so far. */
export type InletReply =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'used'; readonly cpuMs: number; readonly residentBytes: number }
  | { readonly kind: 'failed'; readonly reason: string }
