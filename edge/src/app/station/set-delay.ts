import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { delayWindows } from '@baari/shared/domain/dispatch/place-in-queue'
import { istDay } from '@baari/shared/units/ist-calendar'
import { millis, type Millis } from '@baari/shared/units/time'
import { loadQueue, saveQueue } from '../queue/queue-state.ts'
import { delayOf } from './settings-of.ts'

/**
 * Raises the station delay *d* of this IST day: every window still to come moves later by as much.
 * It never falls within a day, because a promise once extended may not be shortened.
 */
export function raiseDelay(
  tx: LedgerTx,
  { delayMs }: { readonly delayMs: Millis },
  { now }: CommandContext,
): { readonly delayMs: Millis } {
  const known = delayOf(tx, now.at)
  if (delayMs <= known) return { delayMs: known }
  tx.station.saveDelay({ delayMs, day: istDay(now.at) })
  const before = loadQueue(tx)
  saveQueue(tx, before, delayWindows(before, millis(delayMs - known), now.at))
  return { delayMs }
}
