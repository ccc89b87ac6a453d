import type { LedgerOpBody, LedgerOpKind } from '@baari/shared/contracts/sync/ops'

/** The thing an op is about; introduced once per epoch by an `entity` op (sync.md section 3). */
export type OpEntity = {
  readonly type: 'station' | 'booking' | 'ticket' | 'fill' | 'shift' | 'vehicle'
  /** UUIDv7 of whoever created it. */
  readonly uuid: string
}

/** Writes the outbox row in the same transaction as the fact it tells of. */
export type Outbox = {
  append<K extends LedgerOpKind>(op: {
    readonly kind: K
    readonly entity: OpEntity
    readonly body: LedgerOpBody<K>
  }): void
}
