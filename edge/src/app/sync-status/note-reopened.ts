import type { AttendantId } from '@baari/shared/units/names'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

/** `sync.reopened`: which manager opened a link that only a person may open. */
export function noteReopened(
  tx: Pick<LedgerTx, 'station'>,
  { by, uplink }: { readonly by: AttendantId; readonly uplink: string },
  { now }: CommandContext,
): null {
  tx.station.audit({ at: now.at, by, what: 'sync.reopened', about: uplink, facts: {} })
  return null
}
