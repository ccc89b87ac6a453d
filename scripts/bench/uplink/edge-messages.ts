/** What the bench asks its node, one at a time. */
export type EdgeAsk =
  /** Makes a backlog: the ops of these bookings, a minute and a half apart. */
  | { readonly kind: 'append'; readonly bookings: readonly string[]; readonly fromMs: number }
  /** Asks once for everything a station follows. */
  | { readonly kind: 'follow' }
  | { readonly kind: 'drain' }
  /** Sends every batch of the last drain again, as it was. */
  | { readonly kind: 'replay' }
  | { readonly kind: 'stop' }

export type EdgeReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'following' }
  | { readonly kind: 'appended'; readonly ops: number }
  | {
      readonly kind: 'drained'
      readonly ops: number
      /** From the first look into the outbox to the durable mark of the last acknowledgement. */
      readonly tookMs: number
      /** Bodies of all batches as they went out, gzipped. */
      readonly bytes: number
    }
  | { readonly kind: 'replayed'; readonly ops: number; readonly tookMs: number }
  | { readonly kind: 'failed'; readonly reason: string }
