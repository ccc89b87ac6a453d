import type { HeadRelation } from '../domain/sync/uplink-states.ts'
import type { OutboxRun, RunBound } from './sync.ts'

/** A place on the telemetry stream's chain; the value is lower-case hex. */
export type TelemetryMark = { readonly epoch: string; readonly seq: number; readonly chain: string }

/**
 * The telemetry stream's own outbox, in `telemetry.db` (sync.md 4.1): readings get their sequence
 * when a segment of them is cut, which is when there is room to send it. A cut segment is kept as
 * the bytes it was hashed as. Rejects with a TelemetryFailure; the ledger goes on without it.
 */
export type TelemetryUplink = {
  /** The oldest segment the cloud has not acknowledged; undefined when every reading is there. */
  next(epoch: string, bound: RunBound): Promise<OutboxRun | undefined>
  /** Marks what the cloud has. A chain value that is not ours is a fork and marks nothing. */
  acked(mark: TelemetryMark): Promise<{ readonly forked: boolean; readonly more: boolean }>
  /** How the cloud's head stands to ours; one that lies on our chain is taken over. */
  compare(head: TelemetryMark): Promise<HeadRelation>
}
