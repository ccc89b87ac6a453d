import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationSettings } from '../../ports/station-settings.ts'

/** Takes over what the station file says. Run at every start, before any scan is accepted. */
export function configureStation(
  tx: Pick<LedgerTx, 'station'>,
  settings: StationSettings,
  _context: CommandContext,
): { readonly changed: boolean } {
  const changed = JSON.stringify(tx.station.settings()) !== JSON.stringify(settings)
  if (changed) tx.station.saveSettings(settings)
  return { changed }
}
