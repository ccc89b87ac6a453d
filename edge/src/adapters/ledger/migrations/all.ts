import { station } from './0001-station.ts'
import { fillLog } from './0002-fill-log.ts'
import { sync } from './0003-sync.ts'
import { requestAnswers } from './0004-request-answers.ts'
import { digests } from './0013-digests.ts'
import { streams } from './0010-streams.ts'
import { capacityLease } from './0012-capacity-lease.ts'
import { claims } from './0021-claims.ts'
import { receiptPrints } from './0026-receipt-prints.ts'
import { demand } from './0032-demand.ts'
import { alarmDetail } from './0033-alarm-detail.ts'
import { driftAlarmTable } from './0037-drift-alarms.ts'
import { proofUntold } from './0040-proof-untold.ts'
import { supplyCutTable } from './0039-supply-cut.ts'
import { serviceTimes } from './0025-service-times.ts'
import { scanPages } from './0022-scan-pages.ts'
import { stationDelay } from './0029-station-delay.ts'
import { queueWatch } from './0035-queue-watch.ts'
import { rollback } from './0011-rollback.ts'

export type Migration = { readonly no: number; readonly name: string; readonly sql: string }

/** Forward only, by hand and in order. A released one is never edited: its hash is on record. */
export const migrations: readonly Migration[] = [
  { no: 1, name: 'station', sql: station },
  { no: 2, name: 'fill-log', sql: fillLog },
  { no: 3, name: 'sync', sql: sync },
  { no: 4, name: 'request-answers', sql: requestAnswers },
  { no: 5, name: 'streams', sql: streams },
  { no: 6, name: 'capacity-lease', sql: capacityLease },
  { no: 11, name: 'rollback', sql: rollback },
  { no: 13, name: 'digests', sql: digests },
  { no: 21, name: 'claims', sql: claims },
  { no: 22, name: 'scan-pages', sql: scanPages },
  { no: 25, name: 'service-times', sql: serviceTimes },
  { no: 26, name: 'receipt-prints', sql: receiptPrints },
  { no: 29, name: 'station-delay', sql: stationDelay },
  { no: 32, name: 'demand', sql: demand },
  { no: 33, name: 'alarm-detail', sql: alarmDetail },
  { no: 35, name: 'queue-watch', sql: queueWatch },
  { no: 37, name: 'drift-alarms', sql: driftAlarmTable },
  { no: 39, name: 'supply-cut', sql: supplyCutTable },
  { no: 40, name: 'proof-untold', sql: proofUntold },
]
