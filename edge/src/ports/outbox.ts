import type { LedgerOpBody, LedgerOpKind } from '@baari/shared/contracts/sync/ops'
import type { AlarmOpBody, AlarmOpKind, StateValue } from '@baari/shared/contracts/sync/stream-ops'
import type { Instant, Mono } from '@baari/shared/units/time'

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
  /** The same for a stream beside the ledger; its ops name no entity. */
  tell(op: SideOp): void
}

/** An op of the alarm or state stream. A state's time is that of its change, not of its flush. */
export type SideOp =
  | {
      [K in AlarmOpKind]: {
        readonly stream: 'alarm'
        readonly kind: K
        readonly body: AlarmOpBody<K>
      }
    }[AlarmOpKind]
  | {
      readonly stream: 'state'
      readonly kind: 'state.set'
      readonly body: { readonly key: string; readonly value: StateValue }
      readonly when: { readonly at: Instant; readonly mono: Mono }
    }
