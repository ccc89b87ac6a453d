import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { NoShowExcuse } from '@baari/shared/contracts/sync/ops'
import { before } from '@baari/shared/units/time'
import { loadQueue } from '../queue/queue-state.ts'
import { delayOf } from '../station/settings-of.ts'

/** Bounds one run; the next one goes on where this one ended. */
const perRun = 200

/**
 * Reports bookings whose validity ended without a scan, with what excuses the driver: then the cloud
 * counts no strike. A scan that still comes is a fact and outranks the report.
 */
export function sweepNoShows(
  tx: LedgerTx,
  _input: object,
  { now }: CommandContext,
): { readonly reported: number } {
  const overdue = tx.bookings.unreportedNoShows(before(now.at, delayOf(tx, now.at)), perRun)
  const excuse = excuseOf(tx, now)
  for (const { id } of overdue) {
    tx.bookings.markNoShow(id, now.at)
    tx.outbox.append({
      kind: 'booking.no_show',
      entity: { type: 'booking', uuid: id },
      body: { booking: id, clockTrusted: now.trusted, excused: excuse },
    })
  }
  return { reported: overdue.length }
}

/** What excuses drivers of windows that end now: the station was late, down, or unsure of the time. */
function excuseOf(tx: LedgerTx, { at, trusted }: CommandContext['now']): NoShowExcuse | null {
  if (!trusted) return 'clock_uncertain'
  if (delayOf(tx, at) > 0) return 'station_late'
  const open = loadQueue(tx).positions.some(({ service }) => service === 'open')
  return open ? null : 'station_down'
}
