import { baseTables } from './0001-base.ts'
import { capacityLease } from './0013-capacity-lease.ts'
import type { Migration } from './migration.ts'
import { syncTables } from './0002-sync.ts'
import { changeLogTables } from './0003-change-log.ts'
import { changeTransactions } from './0020-change-transactions.ts'
import { digestNotes } from './0021-digest-notes.ts'
import { feedback } from './0041-feedback.ts'
import { forecastModels } from './0032-forecast-models.ts'
import { forecastWatch } from './0038-forecast-watch.ts'
import { unmetRequests } from './0039-unmet-requests.ts'
import { stationAlarms } from './0042-station-alarms.ts'
import { outOfTurn } from './0043-out-of-turn.ts'
import { lotMessages } from './0044-lot-messages.ts'
import { showOdds } from './0022-show-odds.ts'
import { strikes } from './0023-strikes.ts'
import { standbyOffers } from './0024-standby-offers.ts'
import { stationDelays } from './0029-station-delays.ts'
import { recommend } from './0040-recommend.ts'
import { retime } from './0030-retime.ts'
import { messageSending } from './0036-message-sending.ts'
import { lots } from './0031-lots.ts'
import { digestTables } from './0014-digests.ts'
import { streamTables } from './0011-streams.ts'
import { enrolmentTables } from './0012-enrolment.ts'
import { stationFactTables } from './0001-station-facts.ts'
import { shapeCaptureFunctions } from './0010-shape-capture.ts'

/** Every step in order, listed by hand so that a merge of two branches cannot renumber silently. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'base', sql: baseTables + stationFactTables },
  { number: 2, name: 'sync', sql: syncTables },
  { number: 3, name: 'change-log', sql: changeLogTables },
  { number: 10, name: 'shape-capture', sql: shapeCaptureFunctions },
  { number: 11, name: 'streams', sql: streamTables },
  { number: 12, name: 'enrolment', sql: enrolmentTables },
  { number: 13, name: 'capacity-lease', sql: capacityLease },
  { number: 14, name: 'digests', sql: digestTables },
  { number: 20, name: 'change-transactions', sql: changeTransactions },
  { number: 21, name: 'digest-notes', sql: digestNotes },
  { number: 22, name: 'show-odds', sql: showOdds },
  { number: 23, name: 'strikes', sql: strikes },
  { number: 24, name: 'standby-offers', sql: standbyOffers },
  { number: 29, name: 'station-delays', sql: stationDelays },
  { number: 30, name: 'retime', sql: retime },
  { number: 31, name: 'lots', sql: lots },
  { number: 32, name: 'forecast-models', sql: forecastModels },
  { number: 36, name: 'message-sending', sql: messageSending },
  { number: 38, name: 'forecast-watch', sql: forecastWatch },
  { number: 39, name: 'unmet-requests', sql: unmetRequests },
  { number: 40, name: 'recommend', sql: recommend },
  { number: 41, name: 'feedback', sql: feedback },
  { number: 42, name: 'station-alarms', sql: stationAlarms },
  { number: 43, name: 'out-of-turn', sql: outOfTurn },
  { number: 44, name: 'lot-messages', sql: lotMessages },
]
