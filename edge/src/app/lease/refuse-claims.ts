import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

/** Claims put on the list in one transaction; a refetch of everything finds the rest later. */
const claimsAtOnce = 200

/**
 * A booking sold under an older fence after the term in force was acknowledged claims capacity the
 * station has since promised otherwise. The vehicle is served all the same; the claim goes on the
 * list of both sides and a person decides.
 */
export function refuseOldClaims(
  tx: Pick<LedgerTx, 'leases' | 'outbox'>,
  { now }: CommandContext,
): number {
  const claims = tx.leases.takeRefusedClaims(now.at, claimsAtOnce)
  for (const { booking, fence, currentFence } of claims) {
    tx.outbox.append({
      kind: 'lease.claim_refused',
      entity: { type: 'booking', uuid: booking },
      body: { booking, fence, currentFence },
    })
  }
  return claims.length
}
