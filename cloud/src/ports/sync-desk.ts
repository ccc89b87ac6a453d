import type { Stream } from '@baari/shared/contracts/sync/session'

export type DeadLetterPlace = {
  readonly epoch: string
  readonly stream: Stream
  readonly seq: number
}

export type DeadLetterRow = DeadLetterPlace & {
  readonly kind: string
  readonly verdict: 'rejected' | 'deferred'
  readonly code: string
  readonly atMs: number
  readonly line: string | null
  readonly resolvedAtMs: number | null
  readonly note: string | null
}

export type DeadLetterAsk = {
  readonly open: boolean
  readonly limit: number
  /** The last row of the page before. */
  readonly after: (DeadLetterPlace & { readonly atMs: number }) | null
}

export type Resolution = {
  readonly by: string
  readonly note: string
  readonly atMs: number
}

/** What the streams of a station leave for a person to look at. */
export type SyncDesk = {
  deadLetters(stationNo: number, ask: DeadLetterAsk): Promise<readonly DeadLetterRow[]>
  /** False when there is no such open letter. */
  resolve(stationNo: number, place: DeadLetterPlace, how: Resolution): Promise<boolean>
  openAlarms(stationNo: number): Promise<
    readonly {
      readonly source: string
      readonly code: string
      readonly subject: string
      readonly detail: string
      readonly atMs: number
    }[]
  >
  state(stationNo: number): Promise<
    readonly {
      readonly key: string
      readonly value: Readonly<Record<string, unknown>> | null
      readonly atMs: number
    }[]
  >
}
