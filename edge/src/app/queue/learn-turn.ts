import { classMinutesKey } from '@baari/shared/contracts/sync/stream-ops'
import { learnedMinutes } from '@baari/shared/domain/slots/class-minutes'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import type { Grams } from '@baari/shared/units/mass'
import type { PositionNo } from '@baari/shared/units/names'
import { millis, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { settingsOf } from '../station/settings-of.ts'

type Tx = Pick<LedgerTx, 'serviceTimes' | 'queue' | 'latestState' | 'station'>

export type TurnEnded = {
  readonly ticket: Ticket
  readonly position: PositionNo
  readonly grams: Grams
  /** Served to the end, not cut short or voided. */
  readonly served: boolean
}

/**
 * A vehicle's turn at a position is over: how long it took, change of vehicle included, moves the
 * class minutes of this station a little, and the cloud is told. It counts from the call, or from
 * when the position became free for a vehicle that was staged. A small fill and a clock nobody
 * trusts teach nothing.
 */
export function learnTurn(tx: Tx, ended: TurnEnded, { now }: CommandContext): void {
  const took = turnOf(tx, ended, now.at)
  tx.serviceTimes.saveFreed(ended.position, now.at)
  if (took === undefined || !now.trusted || !ended.served || isSmall(tx, ended)) return
  const { vehicleClass } = ended.ticket
  const work = milliMinutes(Math.round((took * 1_000) / minutes(1)))
  const known = tx.serviceTimes.classMinutes()
  const learned = learnedMinutes(known, { vehicleClass, took: work })
  if (learned[vehicleClass] === known[vehicleClass]) return
  tx.serviceTimes.saveClassMinutes(learned)
  tx.latestState.save({ key: classMinutesKey, value: { ...learned }, at: now.at, mono: now.mono })
}

function turnOf(tx: Tx, { ticket, position }: TurnEnded, now: Instant): Millis | undefined {
  const called = tx.queue.callOf(ticket.id)?.at
  if (called === undefined) return undefined
  const from = Math.max(called, tx.serviceTimes.freedAt(position) ?? called)
  return millis(Math.max(0, now - from))
}

function isSmall(tx: Tx, { ticket, grams }: TurnEnded): boolean {
  const expected = ticket.grams ?? usualFill[ticket.vehicleClass]
  return grams * 1_000 < expected * settingsOf(tx).limits.smallFillPermille
}
