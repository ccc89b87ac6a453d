import { decideScan } from '../../domain/check-in/decide-scan.ts'
import { refused, type Decision } from '../../domain/check-in/decision.ts'
import { stop } from '../../domain/check-in/stop.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import type { ScanView } from '@baari/shared/contracts/live/station-view'
import { claimsUse, signalOf } from '@baari/shared/domain/check-in/verdict'
import { istDay } from '@baari/shared/units/ist-calendar'
import { after, seconds } from '@baari/shared/units/time'
import type { CallMade } from '../queue/call-made.ts'
import { runQueue } from '../queue/run-queue.ts'
import { ticketViewOf } from '../ticket/ticket-view.ts'
import { loadScan, type LoadedScan } from './scan-facts-of.ts'
import type { ScanInput } from './scan-input.ts'
import type { Acted, ScanScope } from './scan-scope.ts'
import { storeExit } from './store-exit.ts'
import { storeFailure } from './store-failure.ts'
import { storeTicket } from './store-ticket.ts'

export const undoWithin = seconds(60)

export type ScanAnswer = { readonly view: ScanView; readonly calls: readonly CallMade[] }

/**
 * One scan: decides, and stores claim, ticket, failed scan, call and outbox rows in one
 * transaction. The same scan id again is answered from the row.
 */
export function answerScan(tx: LedgerTx, input: ScanInput, context: CommandContext): ScanAnswer {
  const known = tx.scans.byId(input.scan)
  if (known) return { view: known.view, calls: [] }
  const scope = { tx, input, context }
  const loaded = loadScan(tx, input, context)
  // A lane the station file does not know has no rules: nobody is admitted by guessing them.
  const decision = loaded ? decideScan(loaded.facts) : refused(stop('ERROR', { lane: input.lane }))
  const acted = act(scope, loaded?.provisional ?? null, decision)
  const { change } = acted
  const calls = change ? runQueue(tx, input.positions, { context, change }) : []
  const view = viewOf(scope, decision, acted)
  saveScan(scope, view, { decision, acted })
  return { view, calls }
}

/** Stores what the decision means. */
function act(scope: ScanScope, provisional: LoadedScan['provisional'], decision: Decision): Acted {
  const { tx, input, context } = scope
  if (decision.wrongTag) {
    const { at } = context.now
    tx.scans.addWrongTag({ lane: input.lane, at, day: istDay(at) })
  }
  if (decision.gate === 'exit') return storeExit(scope, decision)
  if (!claimsUse(decision.verdict)) storeFailure(scope, decision)
  return storeTicket(scope, decision, provisional)
}

function saveScan(
  { tx, input, context }: ScanScope,
  view: ScanView,
  { decision, acted }: { readonly decision: Decision; readonly acted: Acted },
): void {
  const { booking, claim } = decision
  tx.scans.save({
    id: input.scan,
    at: context.now.at,
    view,
    booking: (claim && booking?.id) ?? null,
    useNo: claim?.useNo ?? null,
    ticket: acted.undoable ? acted.ticket : null,
    undoneAt: null,
  })
}

function viewOf({ tx, input, context }: ScanScope, decision: Decision, acted: Acted): ScanView {
  const { at } = context.now
  const { verdict, facts, booking } = decision
  const ticket = acted.ticket === null ? undefined : tx.tickets.byId(acted.ticket)
  return {
    id: input.scan,
    atMs: at,
    lane: input.lane,
    source: input.source,
    verdict,
    signal: signalOf(verdict),
    facts,
    ticket: ticket ? ticketViewOf(ticket) : null,
    ...callSeen(tx, ticket),
    provisional: booking?.known === 'alone',
    undoUntilMs: acted.undoable ? after(at, undoWithin) : null,
  }
}

/** Where the vehicle was called at once, and why. */
function callSeen(tx: LedgerTx, ticket: Ticket | undefined): Pick<ScanView, 'position' | 'reason'> {
  if (ticket?.state !== 'called' && ticket?.state !== 'staged') {
    return { position: null, reason: null }
  }
  return { position: ticket.position, reason: tx.queue.callOf(ticket.id)?.reason ?? null }
}
