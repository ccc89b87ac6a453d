import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { HeadRelation } from '../../domain/sync/uplink-states.ts'
import type { OutboxRun, RunBound } from '../../ports/sync.ts'
import type { TelemetryMark } from '../../ports/telemetry-uplink.ts'
import type {
  DropProposal,
  StoreOutcome,
  TelemetryRecord,
  TelemetryState,
} from '../../ports/telemetry.ts'

/** What the worker is started with. */
export type WorkerStart = {
  readonly path: string
  readonly mostBytes: number
  readonly station: StationNo
}

export type Ask =
  | {
      readonly id: number
      readonly kind: 'store'
      readonly records: readonly TelemetryRecord[]
      readonly pressed: boolean
    }
  | { readonly id: number; readonly kind: 'state' }
  | { readonly id: number; readonly kind: 'drop'; readonly segment: DropProposal }
  | { readonly id: number; readonly kind: 'forget'; readonly receivedBefore: Instant }
  | { readonly id: number; readonly kind: 'next'; readonly epoch: string; readonly bound: RunBound }
  | { readonly id: number; readonly kind: 'acked'; readonly mark: TelemetryMark }
  | { readonly id: number; readonly kind: 'compare'; readonly head: TelemetryMark }
  | { readonly id: number; readonly kind: 'close' }

export type Reply =
  | { readonly kind: 'stored'; readonly id: number; readonly outcome: StoreOutcome }
  | { readonly kind: 'state'; readonly id: number; readonly state: TelemetryState }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'run'; readonly id: number; readonly run: OutboxRun | undefined }
  | {
      readonly kind: 'marked'
      readonly id: number
      readonly forked: boolean
      readonly more: boolean
    }
  | { readonly kind: 'compared'; readonly id: number; readonly relation: HeadRelation }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: 'disk_full' | 'ledger_failed'
      readonly reason: string
    }
  | { readonly kind: 'full'; readonly oldest: DropProposal }
