import type {
  DropProposal,
  StoreOutcome,
  TelemetryRecord,
  TelemetryState,
} from '../../ports/telemetry.ts'

/** What the worker is started with. */
export type WorkerStart = { readonly path: string; readonly mostBytes: number }

/** The bootstrap imports `script`, where a loader for TypeScript may have to come first. */
export type WorkerData = WorkerStart & { readonly script: string }

export type Ask =
  | { readonly id: number; readonly kind: 'store'; readonly records: readonly TelemetryRecord[] }
  | { readonly id: number; readonly kind: 'state' }
  | { readonly id: number; readonly kind: 'drop'; readonly segment: DropProposal }
  | { readonly id: number; readonly kind: 'close' }

export type Reply =
  | { readonly kind: 'stored'; readonly id: number; readonly outcome: StoreOutcome }
  | { readonly kind: 'state'; readonly id: number; readonly state: TelemetryState }
  | { readonly kind: 'done'; readonly id: number }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly code: 'disk_full' | 'ledger_failed'
      readonly reason: string
    }
  | { readonly kind: 'full'; readonly oldest: DropProposal }
