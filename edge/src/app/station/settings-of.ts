import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationSettings } from '../../ports/station-settings.ts'
import { present } from '@baari/shared/faults/assert'
import { istDay } from '@baari/shared/units/ist-calendar'
import { millis, type Instant, type Millis } from '@baari/shared/units/time'

type Tx = Pick<LedgerTx, 'station'>

/** The station's settings; a command that needs them before `station.configure` ran is a bug. */
export function settingsOf(tx: Tx): StationSettings {
  return present(tx.station.settings(), 'station settings')
}

/** Station delay *d* of this IST day; yesterday's is over. */
export function delayOf(tx: Tx, now: Instant): Millis {
  const delay = tx.station.delay()
  return millis(delay && delay.day === istDay(now) ? delay.delayMs : 0)
}
