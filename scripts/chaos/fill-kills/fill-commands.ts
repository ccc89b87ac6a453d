import { claimUse } from '@baari/edge/app/check-in/claim-use'
import { commands, reads } from '@baari/edge/app/commands'
import { reserveFill, type ReserveInput } from '@baari/edge/app/fill/reserve-fill'
import type { CommandContext } from '@baari/edge/ports/ledger'
import type { LedgerTx } from '@baari/edge/ports/ledger-tx'
import { istDay } from '@baari/shared/units/ist-calendar'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import {
  bookingId,
  laneNo,
  ticketId,
  type PositionNo,
  type TicketId,
} from '@baari/shared/units/names'
import { dayNumber } from '@baari/shared/units/time'

const price = paisePerKg(9_450)
const farOff = 20_000

/** A booked car stands at a position, its use claimed: what the scan and the queue would have done. */
function arrive(
  tx: LedgerTx,
  { position }: { readonly position: PositionNo },
  context: CommandContext,
): TicketId {
  const { now, ids } = context
  const id = ticketId(ids.uuid())
  const booking = bookingId(ids.uuid())
  tx.tickets.add({
    id,
    kind: 'booked',
    number: null,
    day: istDay(now.at),
    state: 'called',
    vehicleClass: 'car',
    nozzles: ['ngv1'],
    plate: 'GJ01AB1234',
    retestDay: dayNumber(istDay(now.at) + farOff),
    booking,
    useNo: 1,
    windowStart: now.at,
    arrivedAt: now.at,
    position,
    calledAt: now.at,
    grams: grams(3_000),
    closedAt: null,
    closedReason: null,
  })
  const use = { booking, useNo: 1, continued: false, ticket: id, lane: laneNo(1), rev: 1 }
  claimUse(tx, { ...use, verdict: 'ADMIT' }, context)
  return id
}

/** The price comes from the cloud, which is not part of this run. */
function reserve(tx: LedgerTx, input: ReserveInput, context: CommandContext) {
  return reserveFill({ ...tx, tariffs: { priceAt: () => price } }, input, context)
}

/** The station's own commands, and the vehicles of the run. */
export const killCommands = {
  ...commands,
  'fill.reserve': reserve,
  'kills.arrive': arrive,
} as const

export type KillCommands = typeof killCommands
export { reads }
