import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { Ticket } from '../../ports/tickets.ts'
import type { PositionView, StationView } from '@baari/shared/contracts/live/station-view'
import { laneModes } from '@baari/shared/domain/dispatch/lane-mode'
import { boardOf } from '@baari/shared/domain/dispatch/board'
import type { DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { isMissing } from '@baari/shared/domain/dispatch/skip-and-recall'
import type { PositionNo } from '@baari/shared/units/names'
import { after } from '@baari/shared/units/time'
import type { Instant } from '@baari/shared/units/time'
import { loadQueue, momentOf, ruleOf } from '../queue/queue-state.ts'
import { boardClass, walkInWait } from '../queue/walk-in-wait.ts'
import { settingsOf } from '../station/settings-of.ts'
import { ticketViewOf } from '../ticket/ticket-view.ts'

export type ReadView = {
  readonly positions: readonly PositionFacts[]
  readonly link: { readonly up: boolean; readonly lastExchangeMs: Instant | null }
  readonly gas?: StationView['gas']
  readonly forecast?: StationView['forecast']
  readonly trip?: StationView['trip']
}

const nextMax = 12
const salesMax = 8

/** Everything the kiosk shows, out of the rows and what the position controllers know now. */
export function readView(
  tx: LedgerTx,
  { positions, link, gas = null, forecast = null, trip = null }: ReadView,
  { now }: CommandContext,
): StationView {
  const settings = settingsOf(tx)
  const tickets = new Map(tx.tickets.open().map((ticket) => [ticket.id, ticket]))
  const queue = loadQueue(tx)
  const board = boardOf(queue, momentOf(tx, now.at), nextMax)
  const signs = signsOf(tx, queue)
  const unsent = tx.outboxHeads.unsent()
  return {
    revision: tx.station.revision(),
    atMs: now.at,
    station: { no: settings.no, name: settings.name },
    clock: now.trusted ? 'trusted' : 'uncertain',
    link: { ...link, unsentOps: unsent.ops, oldestUnsentMs: unsent.oldest },
    gas,
    cutUntilMs: tx.cuts.open(now.at)?.until ?? null,
    trip,
    shift: shiftShown(tx),
    positions: positions.map((facts) => ({
      ...positionShown(tx, facts, [...tickets.values()]),
      ...signs(facts.no),
    })),
    next: board.next.flatMap((id) => tickets.get(id) ?? []).map(ticketViewOf),
    missed: missedIn(queue)
      .flatMap((id) => tickets.get(id) ?? [])
      .map(ticketViewOf),
    counts: countsOf([...tickets.values()]),
    rule: board.rule,
    walkInWait: walkInWait(tx, boardClass),
    forecast,
    lastScan: tx.scans.last()?.view ?? null,
    sales: [...tx.fillTotals.lastSales(salesMax)],
  }
}

function missedIn({ vehicles }: DispatchState): readonly Ticket['id'][] {
  return vehicles
    .filter(isMissing)
    .map(({ ticket }) => ticket)
    .slice(0, nextMax)
}

function shiftShown(tx: LedgerTx): StationView['shift'] {
  const shift = tx.shifts.open()
  if (!shift) return null
  const attendant = tx.attendants.byId(shift.attendant)?.name ?? ''
  return { id: shift.id, attendant, openedAtMs: shift.openedAt }
}

type Signs = Pick<PositionView, 'mode' | 'idleSinceMs'>

/** What the last look at the queue left for each position. */
function signsOf(tx: LedgerTx, { positions }: DispatchState): (no: PositionNo) => Signs {
  const { idle, lanes } = tx.queue.watch()
  const modes = laneModes(positions, lanes)
  return (no) => ({
    mode: modes.get(no) ?? 'closed',
    idleSinceMs: idle.find(({ position, told }) => position === no && told)?.sinceMs ?? null,
  })
}

function positionShown(
  tx: LedgerTx,
  facts: PositionFacts,
  tickets: readonly Ticket[],
): Omit<PositionView, keyof Signs> {
  const { no, lane, nozzles, state, fill, fault, frozen, refused } = facts
  const here = tickets.filter(({ position }) => position === no)
  const at = here.find((ticket) => ticket.state === 'called' || ticket.state === 'filling')
  const staged = here.find((ticket) => ticket.state === 'staged')
  const calledAt = at?.state === 'called' ? at.calledAt : null
  const shown = at ? tx.queue.callOf(at.id) : undefined
  return {
    no,
    lane,
    nozzles: [...nozzles],
    state: state === 'free' && calledAt !== null ? 'called' : state,
    ticket: at ? ticketViewOf(at) : null,
    staged: staged ? ticketViewOf(staged) : null,
    reason: shown?.reason ?? null,
    fill,
    calledAtMs: calledAt,
    undoUntilMs: undoUntil(shown?.at, calledAt, ruleOf(tx).undoWithin),
    ...callBehind(tx, staged),
    fault,
    frozen,
    refused,
  }
}

/** Why the vehicle behind the fill is next, and until when that can be taken back. */
function callBehind(
  tx: LedgerTx,
  staged: Ticket | undefined,
): Pick<PositionView, 'stagedReason' | 'stagedUndoUntilMs'> {
  const call = staged && tx.queue.callOf(staged.id)
  if (call === undefined) return { stagedReason: null, stagedUndoUntilMs: null }
  return {
    stagedReason: call.reason,
    stagedUndoUntilMs: after(call.at, ruleOf(tx).undoWithin),
  }
}

function undoUntil(
  callAt: Instant | undefined,
  calledAt: Instant | null,
  within: Parameters<typeof after>[1],
): Instant | null {
  return callAt === undefined || calledAt === null ? null : after(callAt, within)
}

function countsOf(tickets: readonly Ticket[]): StationView['counts'] {
  const waiting = tickets.filter(({ state }) => state === 'waiting' || state === 'skipped')
  return {
    booked: waiting.filter(({ kind }) => kind === 'booked').length,
    walkIns: waiting.filter(({ kind }) => kind === 'walk-in').length,
    standby: tickets.filter(({ state }) => state === 'standby').length,
  }
}
