import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationSettings } from '../../ports/station-settings.ts'
import { present } from '@baari/shared/faults/assert'

type Tx = Pick<LedgerTx, 'station'>

/** The station's settings; a command that needs them before `station.configure` ran is a bug. */
export function settingsOf(tx: Tx): StationSettings {
  return present(tx.station.settings(), 'station settings')
}
