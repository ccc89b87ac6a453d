import type { WireCell } from '@baari/shared/contracts/sync/lease'
import { wireCells, wireOfRequest } from '@baari/shared/contracts/sync/lease'
import type { Capacity } from '@baari/shared/domain/lease/capacity'
import {
  cellsOfHorizon,
  ownGrant,
  type StationCell,
} from '@baari/shared/domain/lease/station-cells'
import {
  acknowledgedTerm,
  decideLease,
  pendingRequest,
  type LeaseContext,
  type LeaseEvent,
  type LeaseMove,
} from '@baari/shared/domain/lease/station-lease'
import { mayStillSell, type LeaseAnswer, type LeaseKind } from '@baari/shared/domain/lease/term'
import type { WalkInForecast } from '@baari/shared/domain/slots/walk-in-forecast'
import type { Grams } from '@baari/shared/units/mass'
import type { Instant } from '@baari/shared/units/time'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import { settingsOf } from '../station/settings-of.ts'

export type LeaseTx = Pick<LedgerTx, 'leases' | 'outbox' | 'serviceTimes' | 'station' | 'sync'>

/** A request as it goes out: the same bytes until it is answered. */
export type LeaseToSend = { readonly kind: LeaseKind; readonly no: number; readonly body: string }

/** The forecourt as it is now, which the books do not know. */
export type ForecourtNow = {
  readonly positions: readonly PositionFacts[]
  /** What the banks still give. */
  readonly storedGrams: Grams
  /** Null where nobody forecasts: the flat cap holds. */
  readonly forecast: WalkInForecast | null
}

export type LeaseRound = {
  /** The five minutes are over, or the working positions changed. */
  readonly starts: boolean
  readonly forecourt: ForecourtNow
}

/**
 * Goes on with the round of the lease and tells what to send; null when nothing is. An unanswered
 * request comes first. Without a clock to believe in no term is opened or prolonged.
 */
export function nextLease(
  tx: LeaseTx,
  { starts, forecourt }: LeaseRound,
  context: CommandContext,
): LeaseToSend | null {
  const stored = tx.leases.read()
  if (!context.now.trusted) return toSend(stored)
  const { epoch } = tx.sync.epochs.current()
  const view = viewOf(tx, forecourt, context)
  const forgot = stored.epoch !== null && stored.epoch !== epoch
  const event: LeaseEvent = forgot
    ? { kind: 'forgot' }
    : { kind: 'due', starts, asks: starts ? tx.leases.asks() : [] }
  return toSend(step(tx, { event, view }))
}

/**
 * `lease.recount`: what may be promised in each cell follows the forecourt also while nobody answers
 * at the other end; a shrink shows as over. A ledger that has forgotten sales waits for its new term.
 */
export function recountCells(
  tx: LeaseTx,
  { forecourt }: Pick<LeaseRound, 'forecourt'>,
  context: CommandContext,
): null {
  const { lease, cells, epoch } = tx.leases.read()
  const forgot = epoch !== tx.sync.epochs.current().epoch
  if (lease.kind === 'unopened' || forgot || !context.now.trusted) return null
  const view = viewOf(tx, forecourt, context)
  store(tx, { lease, cells: cellsOfHorizon(cells, view, false) }, view.now)
  return null
}

export type LeaseAnswered = {
  readonly answer: LeaseAnswer
  readonly forecourt: ForecourtNow
}

/** The cloud has carried out the request: what it gave up is the station's from here on. */
export function leaseAnswered(
  tx: LeaseTx,
  { answer, forecourt }: LeaseAnswered,
  context: CommandContext,
): null {
  step(tx, { event: { kind: 'answered', answer }, view: viewOf(tx, forecourt, context) })
  return null
}

export type LeaseRefused = {
  readonly no: number
  readonly fence: number
  readonly term: string | null
  readonly forecourt: ForecourtNow
}

/** The cloud knows another history of this lease: a new term is opened above its fence. */
export function leaseFenced(
  tx: LeaseTx,
  { forecourt, ...fenced }: LeaseRefused,
  context: CommandContext,
): null {
  step(tx, { event: { kind: 'fenced', ...fenced }, view: viewOf(tx, forecourt, context) })
  return null
}

type Step = { readonly event: LeaseEvent; readonly view: LeaseContext }

/** Decides and stores term, cells and ops in the command's own transaction. */
export function step(tx: LeaseTx, { event, view }: Step): LeaseMove {
  const move = decideLease(tx.leases.read(), event, view)
  for (const op of move.ops) {
    tx.outbox.append({
      kind: op.kind,
      entity: { type: 'station', uuid: '' },
      body: {
        term: op.term.id,
        fence: op.term.fence,
        no: op.no,
        validUntilMs: op.term.validUntil,
        cells: wireCells(op.cells) satisfies WireCell[],
      },
    })
  }
  store(tx, move, view.now)
  return move
}

/** Writes the book with what the station may sell of each cell at this moment. */
export function store(
  tx: LeaseTx,
  { lease, cells }: Pick<LeaseMove, 'lease' | 'cells'>,
  now: Instant,
): void {
  const { epoch } = tx.sync.epochs.current()
  tx.leases.save({ epoch, lease, cells, granted: grantedBy(lease, now), now })
}

/** Nothing may be sold under a term the cloud has not acknowledged. */
function grantedBy(lease: LeaseMove['lease'], now: Instant): (cell: StationCell) => Capacity {
  const term = acknowledgedTerm(lease)
  const runs = term !== undefined && mayStillSell(term, now)
  return (cell) => (term === undefined ? cell.sold : ownGrant(cell, runs))
}

export function viewOf(
  tx: Pick<LedgerTx, 'station'>,
  { positions, storedGrams, forecast }: ForecourtNow,
  { now, ids }: CommandContext,
): LeaseContext {
  const settings = settingsOf(tx)
  return {
    facts: {
      positionsNow: positions.filter(isWorking).length,
      positionsPlanned: settings.positions.length,
      compressorGramsPerHour: settings.compressorGramsPerHour,
      storedGrams,
    },
    forecast,
    now: now.at,
    termId: ids.uuid(),
  }
}

/** Closed is how an attendant says that nobody serves the position. */
export function isWorking({ state }: Pick<PositionFacts, 'state'>): boolean {
  return state !== 'closed' && state !== 'fault' && state !== 'offline'
}

export function toSend({ lease }: Pick<LeaseMove, 'lease'>): LeaseToSend | null {
  const request = pendingRequest(lease)
  if (request === undefined) return null
  return { kind: request.kind, no: request.no, body: wireOfRequest(request) }
}
