import type { Decision } from '../../domain/check-in/decision.ts'
import type { ProvisionalBooking } from '../../ports/bookings.ts'
import type { Ticket } from '../../ports/tickets.ts'
import { backInLane } from '@baari/shared/domain/dispatch/skip-and-recall'
import { present } from '@baari/shared/faults/assert'
import { claimUse } from '../check-in/claim-use.ts'
import { joinLine } from '../queue/join-line.ts'
import { nozzlesFor } from '../queue/queue-state.ts'
import { settingsOf } from '../station/settings-of.ts'
import { openTicket } from '../ticket/open-ticket.ts'
import type { Acted, ScanScope } from './scan-scope.ts'

/** Verdicts that give a number: the next step is a place in the walk-in line. */
const numbered = new Set(['TOO_EARLY', 'NO_SHOW'])

/**
 * The ticket a decision gives: with a claimed use for ADMIT and LATE, a standby or walk-in number
 * for TOO_EARLY and NO_SHOW. A vehicle that already holds one keeps it.
 */
export function storeTicket(
  scope: ScanScope,
  decision: Decision,
  provisional: ProvisionalBooking | null,
): Acted {
  const { tx, context } = scope
  const { booking, claim, verdict } = decision
  if (!booking || (!claim && !numbered.has(verdict))) return seen(scope, decision)
  if (provisional) storeProvisional(scope, provisional)
  const held = tx.tickets.openOfBooking(booking.id).find((ticket) => ticket.useNo === null)
  const ticket = held ?? openTicket(tx, newTicket(scope, decision), context)
  if (claim && held) tx.tickets.save({ ...held, kind: 'booked', useNo: claim.useNo })
  if (claim) claimFor(scope, decision, ticket)
  const change = held ? seenInLane(held) : joinLine(tx, ticket, context)
  return { ticket: ticket.id, change, undoable: claim !== null || !held }
}

/** PRESENT shows the ticket the vehicle already has; one that missed its call is back in the lane. */
function seen({ tx }: ScanScope, { booking, verdict }: Decision): Acted {
  const open = booking ? tx.tickets.openOfBooking(booking.id)[0] : undefined
  const change = verdict === 'PRESENT' && open ? seenInLane(open) : null
  return { ticket: open?.id ?? null, change, undoable: false }
}

/** Being in the lane counts for one that missed its call; one called has to be at its position. */
function seenInLane({ id, state }: Ticket): Acted['change'] {
  const missing = state === 'skipped' || state === 'staged'
  return missing ? (queue) => backInLane(queue, id) : null
}

function storeProvisional({ tx, input }: ScanScope, provisional: ProvisionalBooking): void {
  tx.bookings.addProvisional(provisional)
  const { id, code, windowStart, vehicleClass, plate } = provisional
  tx.outbox.append({
    kind: 'booking.provisional',
    entity: { type: 'booking', uuid: id },
    body: {
      booking: code === null ? id : null,
      code,
      windowStartMs: windowStart,
      vehicleClass,
      plate,
      token: code === null ? input.raw : null,
    },
  })
}

function newTicket({ tx }: ScanScope, decision: Decision): Parameters<typeof openTicket>[1] {
  const { verdict, claim } = decision
  const booking = present(decision.booking, 'booking of a ticket')
  const vehicle = present(decision.vehicle, 'vehicle of a ticket')
  return {
    kind: verdict === 'NO_SHOW' ? 'walk-in' : 'booked',
    numbered: numbered.has(verdict),
    vehicleClass: vehicle.vehicleClass,
    nozzles: nozzlesFor(booking.nozzle, settingsOf(tx)),
    plate: vehicle.plate,
    retestDay: booking.record?.retestDay ?? booking.retestDay,
    booking: booking.id,
    useNo: claim?.useNo ?? null,
    windowStart: booking.windowStart,
    grams: booking.grams,
  }
}

function claimFor({ tx, input, context }: ScanScope, decision: Decision, ticket: Ticket): void {
  const { verdict } = decision
  const booking = present(decision.booking, 'booking of a claim')
  const claim = present(decision.claim, 'claim of an admitted scan')
  tx.checkIns.addGateEvent({
    booking: booking.id,
    direction: 'entry',
    lane: input.lane,
    at: context.now.at,
  })
  claimUse(
    tx,
    {
      booking: booking.id,
      useNo: claim.useNo,
      continued: claim.continued,
      ticket: ticket.id,
      lane: input.lane,
      verdict: verdict === 'LATE' ? 'LATE' : 'ADMIT',
      rev: booking.rev,
      offline: input.linkUp !== true,
      forced: input.managerUnlocked || booking.state === 'open-payment',
      answer: input.answer ?? null,
    },
    context,
  )
}
