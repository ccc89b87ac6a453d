import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { DropProposal } from '../../ports/telemetry.ts'

/** Tells the cloud of readings that will be dropped, before they are (sync.md section 4.2). */
export function recordGap(
  tx: Pick<LedgerTx, 'outbox' | 'station'>,
  { from, to, count }: DropProposal,
  { ids, now }: CommandContext,
): null {
  const entity = { type: 'station', uuid: ids.uuid() } as const
  tx.outbox.append({ kind: 'gap', entity, body: { stream: 'telemetry', from, to, count } })
  tx.station.audit({
    at: now.at,
    by: 'station',
    what: 'telemetry.dropped',
    about: 'telemetry',
    facts: { from, to, count },
  })
  return null
}
