import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { attendantsOf } from './attendants.ts'
import { bookingsOf } from './bookings.ts'
import { checkInsOf } from './check-ins.ts'
import { fillTotalsOf } from './fill-totals.ts'
import { fillsOf } from './fills.ts'
import type { LedgerSession } from './ledger-session.ts'
import { outboxOf } from './outbox.ts'
import { currentEpoch, outboxHeadsOf } from './outbox-epoch.ts'
import { queueStoreOf } from './queue-store.ts'
import { scansOf } from './scans.ts'
import { shiftsOf } from './shifts.ts'
import { stationRecordsOf } from './station-records.ts'
import { tariffsOf } from './tariffs.ts'
import { ticketsOf } from './tickets.ts'
import { vehiclesOf } from './vehicles.ts'

/** The repositories of one open ledger file; all share its connection, so its transaction. */
export function ledgerTxOf(session: LedgerSession): LedgerTx {
  const epoch = currentEpoch(session)
  return {
    outbox: outboxOf(session, epoch),
    outboxHeads: outboxHeadsOf(session, epoch),
    station: stationRecordsOf(session),
    bookings: bookingsOf(session),
    checkIns: checkInsOf(session),
    scans: scansOf(session),
    tickets: ticketsOf(session),
    queue: queueStoreOf(session),
    vehicles: vehiclesOf(session),
    attendants: attendantsOf(session),
    shifts: shiftsOf(session),
    tariffs: tariffsOf(session),
    fillTotals: fillTotalsOf(session),
    fills: fillsOf(session),
  }
}
