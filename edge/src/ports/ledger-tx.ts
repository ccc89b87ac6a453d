import type { Alarms } from './alarms.ts'
import type { Attendants } from './attendants.ts'
import type { Bookings } from './bookings.ts'
import type { CheckIns } from './check-ins.ts'
import type { DemandSlot } from './demand.ts'
import type { DriftAlarmSlot } from './drift-alarms.ts'
import type { DigestSlot } from './digests.ts'
import type { FillSlots } from './fill-slots.ts'
import type { FillTotals } from './fill-totals.ts'
import type { LeaseSlot } from './leases.ts'
import type { KeySetSlot } from './key-sets.ts'
import type { LatestState } from './latest-state.ts'
import type { Outbox } from './outbox.ts'
import type { OutboxHeads } from './outbox-heads.ts'
import type { QueueStore } from './queue-store.ts'
import type { ReceiptPrintSlot } from './receipt-prints.ts'
import type { RequestAnswerSlot } from './request-answers.ts'
import type { Scans } from './scans.ts'
import type { ServiceTimeSlot } from './service-times.ts'
import type { Shifts } from './shifts.ts'
import type { StationDelaySlot } from './station-delays.ts'
import type { StationRecords } from './station-records.ts'
import type { SupplyCutSlot } from './supply-cuts.ts'
import type { SyncSlots } from './sync-slots.ts'
import type { Tariffs } from './tariffs.ts'
import type { Tickets } from './tickets.ts'
import type { Vehicles } from './vehicles.ts'

/**
 * What a command may read and write, all inside one transaction of `ledger.db`. State, outbox and
 * audit rows written through it are durable together or not at all.
 */
export type LedgerTx = {
  readonly outbox: Outbox
  readonly outboxHeads: OutboxHeads
  readonly station: StationRecords
  readonly bookings: Bookings
  readonly checkIns: CheckIns
  readonly scans: Scans
  readonly tickets: Tickets
  readonly queue: QueueStore
  readonly vehicles: Vehicles
  readonly attendants: Attendants
  readonly shifts: Shifts
  readonly tariffs: Tariffs
  readonly fillTotals: FillTotals
  readonly alarms: Alarms
  readonly latestState: LatestState
} & FillSlots &
  SyncSlots &
  ReceiptPrintSlot &
  RequestAnswerSlot &
  KeySetSlot &
  DigestSlot &
  LeaseSlot &
  ServiceTimeSlot &
  DemandSlot &
  DriftAlarmSlot &
  StationDelaySlot &
  SupplyCutSlot
