import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { before } from '@baari/shared/units/time'
import { delayOf } from '../station/settings-of.ts'

/** Bounds one run; the next one goes on where this one ended. */
const perRun = 200

/**
 * Reports bookings whose validity ended without a scan. The cloud counts no strike when the clock
 * was uncertain; a scan that still comes is a fact and outranks the report.
 */
export function sweepNoShows(
  tx: LedgerTx,
  _input: object,
  { now }: CommandContext,
): { readonly reported: number } {
  const overdue = tx.bookings.unreportedNoShows(before(now.at, delayOf(tx, now.at)), perRun)
  for (const { id } of overdue) {
    tx.bookings.markNoShow(id, now.at)
    tx.outbox.append({
      kind: 'booking.no_show',
      entity: { type: 'booking', uuid: id },
      body: { booking: id, clockTrusted: now.trusted },
    })
  }
  return { reported: overdue.length }
}
