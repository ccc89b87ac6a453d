import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { present } from '@baari/shared/faults/assert'
import { alarmsOf } from './alarms.ts'
import { attendantsOf } from './attendants.ts'
import { bookingsOf } from './bookings.ts'
import { checkInsOf } from './check-ins.ts'
import { demandOf } from './demand.ts'
import { driftAlarmsOf } from './drift-alarms.ts'
import { digestsOf } from './digests.ts'
import { fillTotalsOf } from './fill-totals.ts'
import { fillsOf } from './fills.ts'
import { leasesOf } from './leases.ts'
import { keySetsOf } from './key-sets.ts'
import type { LedgerSession } from './ledger-session.ts'
import { latestStateOf } from './latest-state.ts'
import { outboxOf } from './outbox.ts'
import { currentEpoch, outboxHeadsOf } from './outbox-epoch.ts'
import { queueStoreOf } from './queue-store.ts'
import { receiptPrintsOf } from './receipt-prints.ts'
import { requestAnswersOf } from './request-answers.ts'
import { scansOf } from './scans.ts'
import { serviceTimesOf } from './service-times.ts'
import { shiftsOf } from './shifts.ts'
import { stationDelaysOf } from './station-delays.ts'
import { stationRecordsOf } from './station-records.ts'
import { supplyCutsOf } from './supply-cuts.ts'
import { tariffsOf } from './tariffs.ts'
import { epochStoreOf } from './sync-epochs.ts'
import { followStoreOf } from './sync-follow.ts'
import { rollbackStoreOf } from './sync-rollback.ts'
import { timeStoreOf } from './sync-time.ts'
import { uplinkStoreOf } from './sync-uplink.ts'
import { ticketsOf } from './tickets.ts'
import { vehiclesOf } from './vehicles.ts'

/** The repositories of one open ledger file; all share its connection, so its transaction. */
export function ledgerTxOf(session: LedgerSession): LedgerTx {
  currentEpoch(session)
  const ofEpoch = epochRepositories(session)
  const epochs = epochStoreOf(session)
  const time = timeStoreOf(session)
  const follow = followStoreOf(session)
  const rollback = rollbackStoreOf(session)
  return {
    get outbox() {
      return ofEpoch().outbox
    },
    get outboxHeads() {
      return ofEpoch().outboxHeads
    },
    get sync() {
      return { uplink: ofEpoch().uplink, epochs, time, follow, rollback }
    },
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
    alarms: alarmsOf(session),
    latestState: latestStateOf(session),
    keySets: keySetsOf(session),
    leases: leasesOf(session),
    serviceTimes: serviceTimesOf(session),
    cuts: supplyCutsOf(session),
    delays: stationDelaysOf(session),
    receiptPrints: receiptPrintsOf(session),
    requestAnswers: requestAnswersOf(session),
    demand: demandOf(session),
    driftAlarms: driftAlarmsOf(session),
    digests: digestsOf(session),
  }
}

/**
 * The outbox of the epoch in force. It is asked for at every use, because a command may open a new
 * epoch, and the rollback of that command takes it back.
 */
function epochRepositories(session: LedgerSession) {
  const read = session.sqlite
    .prepare<[], string>('SELECT epoch FROM sync_meta WHERE id = 1')
    .pluck()
  const made = (epoch: string) => ({
    epoch,
    outbox: outboxOf(session, epoch),
    outboxHeads: outboxHeadsOf(session, epoch),
    uplink: uplinkStoreOf(session, epoch),
  })
  let current = made(currentEpoch(session))
  return () => {
    const epoch = present(read.get(), 'sync_meta')
    if (epoch !== current.epoch) current = made(epoch)
    return current
  }
}
