import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { StationDelay } from '../../ports/station-delays.ts'
import type { NoShowExcuse } from '@baari/shared/contracts/sync/ops'
import type { BookingRow } from '@baari/shared/contracts/sync/shapes'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, millis } from '@baari/shared/units/time'
import { loadQueue } from '../queue/queue-state.ts'
import { delaysAt } from '../station/station-delay.ts'

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
  const told = delaysAt(tx, now.at)
  const longest = millis(Math.max(0, ...told.map(({ delayMs }) => delayMs)))
  const overdue = tx.bookings.unreportedNoShows(before(now.at, longest), perRun)
  for (const row of overdue) {
    const { id } = row
    const excuse = excuseOf(tx, { row, told, now })
    tx.bookings.markNoShow(id, now.at)
    tx.outbox.append({
      kind: 'booking.no_show',
      entity: { type: 'booking', uuid: id },
      body: { booking: id, clockTrusted: now.trusted, excused: excuse },
    })
  }
  return { reported: overdue.length }
}

type Missed = {
  readonly row: Pick<BookingRow, 'window_start_ms' | 'expires_ms'>
  readonly told: readonly StationDelay[]
  readonly now: CommandContext['now']
}

/** What excuses a driver whose window ended: the station was late, down, or unsure of the time. */
function excuseOf(tx: LedgerTx, { row, told, now: { trusted } }: Missed): NoShowExcuse | null {
  if (!trusted) return 'clock_uncertain'
  if (told.some((one) => wasLateFor(one, row))) return 'station_late'
  const open = loadQueue(tx).positions.some(({ service }) => service === 'open')
  return open ? null : 'station_down'
}

/** Late at some moment between the window's start and the end of its token. */
function wasLateFor(
  { day, delayMs, fromMs, lateUntil }: StationDelay,
  { window_start_ms: start, expires_ms: expires }: Missed['row'],
): boolean {
  return day === istDay(start) && lateUntil >= start && fromMs <= expires + delayMs
}
