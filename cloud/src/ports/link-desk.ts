import type { SyncConflicts, SyncStations } from '@baari/shared/contracts/http/sync-api'

export type Resolution = { readonly id: string; readonly note: string; readonly by: string }

/** What a station said of itself with a batch: ops it had not sent, and the oldest one's time. */
export type HeardFrom = {
  readonly stationNo: number
  readonly unsentOps: number | null
  readonly oldestUnsentMs: number | null
}

export type Heard = HeardFrom & { readonly heardAtMs: number }

/** The operator's view of all links, and what waits for a person. */
export type LinkDesk = {
  stations(): Promise<SyncStations>
  conflicts(of: { readonly station: number | null }): Promise<SyncConflicts>
  /** False when there is no such open conflict. */
  resolve(resolution: Resolution): Promise<boolean>
  /** Keeps the moment stations were heard, each station at most once; no batch waits for it. */
  heard(stations: readonly Heard[]): Promise<void>
}
