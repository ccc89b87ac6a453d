import type { Decision } from '../../domain/check-in/decision.ts'
import type { ScanScope } from './scan-scope.ts'

/** Keeps what was read, for 30 days, and tells the cloud why it was not admitted. */
export function storeFailure({ tx, input, context }: ScanScope, decision: Decision): void {
  const { scan, lane, source, raw } = input
  const { verdict } = decision
  const booking = decision.booking?.known === 'row' ? decision.booking.id : null
  const kept = tx.scans.addFailed({ scan, at: context.now.at, lane, source, verdict, raw, booking })
  tx.outbox.append({
    kind: 'scan.failed',
    entity: { type: 'station', uuid: scan },
    body: { verdict, lane, source, ...kept, booking },
  })
}
