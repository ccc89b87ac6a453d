import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { TicketView } from '@baari/shared/contracts/live/station-view'
import { present } from '@baari/shared/faults/assert'
import type { Refusal } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import type { AttendantId, VehicleClass } from '@baari/shared/units/names'
import type { DayNumber, Instant } from '@baari/shared/units/time'
import { joinLine } from '../queue/join-line.ts'
import { nozzlesFor, usualNozzle } from '../queue/queue-state.ts'
import { walkInWait, type WalkInWait } from '../queue/walk-in-wait.ts'
import type { CallMade } from '../queue/call-made.ts'
import { runQueue } from '../queue/run-queue.ts'
import { settingsOf } from '../station/settings-of.ts'
import { openTicket } from '../ticket/open-ticket.ts'
import { ticketViewOf } from '../ticket/ticket-view.ts'
import { retestOf } from '../vehicle/retest-of.ts'

export type OpenWalkIn = {
  readonly vehicleClass: VehicleClass
  readonly plate?: string | undefined
  readonly retestDay?: DayNumber | undefined
  readonly by: AttendantId
  readonly positions: readonly PositionFacts[]
}

export type WalkInOpened = {
  readonly ticket: TicketView
  readonly number: number
  readonly wait: WalkInWait
  /** No gas until then; the number is given all the same. */
  readonly cutUntil: Instant | null
  readonly calls: readonly CallMade[]
}

/**
 * A vehicle without a booking takes the next number of the day. Plate and re-test date may follow,
 * but before gas flows; an expired cylinder is refused here already, and by nobody overridden.
 */
export function openWalkIn(
  tx: LedgerTx,
  input: OpenWalkIn,
  context: CommandContext,
): Result<WalkInOpened, Refusal> {
  const details = retestOf(tx, input, context)
  if (!details.ok) return details
  const { vehicleClass, positions } = input
  const wait = walkInWait(tx, vehicleClass)
  const ticket = openTicket(
    tx,
    {
      kind: 'walk-in',
      numbered: true,
      vehicleClass,
      nozzles: nozzlesFor(usualNozzle(vehicleClass), settingsOf(tx)),
      ...details.value,
      booking: null,
      useNo: null,
      windowStart: null,
      grams: null,
    },
    context,
  )
  const calls = runQueue(tx, positions, { context, change: joinLine(tx, ticket, context) })
  const shown = present(tx.tickets.byId(ticket.id), 'ticket')
  const number = present(ticket.number, 'number')
  const cutUntil = tx.cuts.open(context.now.at)?.until ?? null
  return ok({ ticket: ticketViewOf(shown), number, wait, cutUntil, calls })
}
