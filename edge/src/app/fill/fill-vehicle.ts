import { noGrams, type Grams } from '@baari/shared/units/mass'
import type { FillDecision, FillEffect, FillState } from '../../domain/fill/fill-states.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { redeemUse, releaseUse } from '../check-in/redeem-use.ts'
import type { CallMade } from '../queue/call-made.ts'
import { ticketFilled, ticketFilling } from '../queue/fill-of-ticket.ts'

type Scope = { readonly tx: LedgerTx; readonly context: CommandContext }
type TicketEffect = Extract<FillEffect, { kind: 'ticket' }>

/**
 * What a decision does to the vehicle: its token use and its place in the queue, in the same
 * transaction. Answers the vehicles that move up behind it.
 */
export function applyToVehicle(scope: Scope, decision: FillDecision): readonly CallMade[] {
  return decision.effects.flatMap((effect) => applyOne(scope, effect, decision.state))
}

function applyOne(
  { tx, context }: Scope,
  effect: FillEffect,
  state: FillState,
): readonly CallMade[] {
  if (effect.kind === 'redeem') {
    redeemUse(tx, { ticket: effect.terms.ticket, fill: effect.terms.fill })
  }
  // A refused release means that gas has flowed for the use: it stays redeemed.
  if (effect.kind === 'release') releaseUse(tx, { ticket: effect.terms.ticket, reason: 'void' })
  return effect.kind === 'ticket' ? placeOf({ tx, context }, effect, deliveredIn(state)) : []
}

/** A returned vehicle is still called to its position: nothing of its place changes. */
function placeOf(
  { tx, context }: Scope,
  { terms, became }: TicketEffect,
  grams: Grams,
): readonly CallMade[] {
  const { ticket, fill } = terms
  if (became === 'returned') return []
  if (became === 'filling') {
    ticketFilling(tx, { ticket, position: terms.position }, context)
    return []
  }
  if (became === 'served') keepTokenOfSmallFill(tx, terms, grams)
  const outcome = became === 'served' ? 'filled' : became
  return ticketFilled(tx, { ticket, fill, outcome, grams }, context)
}

/** Below half of the expected gas the token lives for the rest (product.md 7.3, part_filled). */
export function keepTokenOfSmallFill(
  tx: Pick<LedgerTx, 'tickets' | 'checkIns'>,
  { ticket }: Pick<TicketEffect['terms'], 'ticket'>,
  grams: Grams,
): void {
  const expected = tx.tickets.byId(ticket)?.grams ?? null
  const use = tx.checkIns.ofTicket(ticket)
  if (expected === null || use === undefined || grams * 2 >= expected) return
  tx.checkIns.save({ ...use, partFilled: true })
}

function deliveredIn(state: FillState): Grams {
  return 'meter' in state ? state.meter.deliveredGrams : noGrams
}
