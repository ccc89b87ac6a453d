import type { Instant } from '@baari/shared/units/time'
import type { TelemetryUplink } from './telemetry-uplink.ts'

/** A message a device sent, already parsed at the inlet. */
export type DeviceMessage = {
  readonly kind: 'message'
  readonly topic: string
  readonly class: string
  readonly device: string
  readonly type: 'birth' | 'data' | 'event' | 'ack' | 'death'
  /** The device's own boot id and counter, one counter for all its messages of a boot. */
  readonly boot: string | null
  readonly seq: number | null
  /** The device's own clock, not believed by anyone. */
  readonly deviceAtMs: number | null
  readonly receivedAt: Instant
  /** JSON text as it came, at most 16 KiB. */
  readonly payload: string
}

/** A message nobody could read: acknowledged, kept for the technician and counted (B04). */
export type UnreadableMessage = {
  readonly kind: 'unreadable'
  readonly topic: string
  readonly device: string | null
  readonly reason: string
  readonly receivedAt: Instant
  readonly payload: Uint8Array
}

export type TelemetryRecord = DeviceMessage | UnreadableMessage

/** Counter values of one boot of a device that never came (B05). */
export type SequenceGap = {
  readonly device: string
  readonly boot: string
  readonly from: number
  readonly to: number
}

export type StoreOutcome = {
  readonly stored: number
  /** Deliveries of messages that were stored before; they are acknowledged again. */
  readonly repeats: number
  readonly gaps: readonly SequenceGap[]
}

/** Rows that would have to go for the store to stay inside its size. */
export type DropProposal = {
  readonly from: number
  readonly to: number
  readonly count: number
  /** False: the cloud has them all, and nothing is lost that a gap had to tell of. */
  readonly unsent: boolean
}

export type TelemetryState = {
  /** Ids between the oldest and the newest row; a repeat may have used one up. */
  readonly rowsAtMost: number
  readonly bytes: number
  readonly unreadable: number
  readonly lastId: number
}

/**
 * The only writer of `telemetry.db`, in its own thread. Promises: when `store` resolves, the whole
 * batch survives a power cut; batches are stored in the order given; a batch is stored wholly or
 * not at all. It rejects with the fault `disk_full` or `ledger_failed` and keeps nothing then.
 */
export type Telemetry = {
  /** `pressed`: the disk's reserve is in use; only room that the file already has may be written. */
  store(
    records: readonly TelemetryRecord[],
    how?: { readonly pressed: boolean },
  ): Promise<StoreOutcome>
  state(): Promise<TelemetryState>
  /**
   * Called when the file has outgrown its size with the oldest whole segment. The segment stays
   * until `drop` confirms that the ledger tells of the gap (sync.md section 4.2).
   */
  onFull(call: (oldest: DropProposal) => void): void
  drop(segment: DropProposal): Promise<void>
  /** Forgets readings the cloud has that were received before this moment; some at each call. */
  forget(receivedBefore: Instant): Promise<void>
  /** The way of the readings to the cloud. */
  readonly uplink: TelemetryUplink
  close(): Promise<void>
}
