import { grams, noGrams } from '@baari/shared/units/mass'
import { attendantId, fillId, ticketId } from '@baari/shared/units/names'
import { continues } from '../../../domain/fill/fill-books.ts'
import type { FillRow, FillState, FillTerms, Metered } from '../../../domain/fill/fill-states.ts'
import { liesInside } from '../../../domain/sync/rollback-mass.ts'
import type { NozzleRecord, Piece } from '../../../ports/fills.ts'
import type { Unended } from '../../../ports/rollback.ts'
import { keepTokenOfSmallFill } from '../../fill/fill-vehicle.ts'
import { labelOf } from '../../ticket/ticket-view.ts'
import type { Replay, ReplayScope } from './replay-scope.ts'
import { book, nozzlesAt, sameNozzle } from './sort-gas.ts'

/**
 * A promised fill. Its row stands as void until its end comes: a fill that is open in this file is
 * one the dispenser may have a part in, and this one is over.
 */
export const fillAuthorised: Replay<'fill.authorised'> = (scope, body) => {
  const { tx, at, uuid } = scope
  const fill = fillId(uuid)
  const { ticket, limitGrams, pricePaisePerKg, totaliserBeforeGrams: openingGrams } = body
  const nozzle = nozzleOf(scope, body.position, { openingGrams })
  if (tx.fills.byId(fill) !== undefined || nozzle === undefined) return
  const use = tx.checkIns.ofTicket(ticketId(ticket))
  const { position, nozzle: no } = nozzle.setup
  const terms: FillTerms = {
    ...{ position, nozzle: no, fill, limitGrams, pricePaisePerKg },
    ticket: ticketId(ticket),
    use: use === undefined ? null : { booking: use.booking, useNo: use.useNo },
  }
  const held = tx.tickets.byId(terms.ticket)
  tx.fills.save({
    id: fill,
    key: { position, nozzle: no },
    state: { kind: 'voided', terms, accountedGrams: openingGrams, cause: 'expired' },
    label: held === undefined ? '' : labelOf(held),
    startedAt: at,
    endedAt: at,
  })
}

/** Nothing more to do: a promised fill without an end is void already. */
export const fillVoided: Replay<'fill.voided'> = (scope) => {
  const piece = pieceOf(scope)
  if (piece === undefined || piece.endedAt !== null || termsOf(piece.state) === null) return
  const terms = termsOf(piece.state) as FillTerms
  const accountedGrams = openingOf(piece.state)
  const state: FillState = { kind: 'voided', terms, accountedGrams, cause: 'expired' }
  scope.tx.fills.save({ ...piece, state, endedAt: scope.at })
}

export const fillSettled: Replay<'fill.settled'> = (scope, body) => {
  const meter = meterOf(body)
  const terms = termsFor(scope, body, body)
  if (terms === undefined) return
  const { amountPaise, recovered } = body
  const flag = recovered ? ('recovered' as const) : ('none' as const)
  const row = { kind: 'settle', terms, meter, amountPaise, flag } as const
  endPiece(scope, { terms, row, state: { ...row, kind: 'settled' } })
  const plate = scope.tx.tickets.byId(terms.ticket)?.plate ?? null
  keepTokenOfSmallFill(scope.tx, terms, meter.deliveredGrams)
  if (plate === null || meter.deliveredGrams === 0) return
  const expectedGrams = scope.tx.tickets.byId(terms.ticket)?.grams ?? null
  const { fill } = terms
  const delivered = { grams: meter.deliveredGrams, expectedGrams }
  scope.tx.vehicles.addFill({ fill, plate, settledAt: scope.at, ...delivered })
}

const reasons = ['sale-differs', 'sale-missing', 'meter-reset'] as const

export const fillDisputed: Replay<'fill.disputed'> = (scope, body) => {
  const terms = termsFor(scope, body, null)
  if (terms === undefined) return
  const reason = reasons.find((one) => one === body.reason) ?? 'sale-missing'
  const row = { kind: 'dispute', terms, meter: meterOf(body), reason } as const
  endPiece(scope, { terms, row, state: row })
}

export const fillOrphan: Replay<'fill.orphan'> = (scope, body) => {
  const meter = meterOf(body)
  const nozzle = nozzleOf(scope, body.position, meter)
  if (nozzle === undefined) return
  const row = { kind: 'orphan', meter, ended: true } as const
  endPiece(scope, { terms: keyOf(nozzle), row, state: row })
}

/** The end of a fill that was under way when the file was lost, as this file told it. */
export function replayUnended(scope: ReplayScope, { position, meter }: Unended): void {
  if (meter === null) return
  const { openingGrams, latestGrams, deliveredGrams } = meter
  fillDisputed(scope, {
    position,
    grams: deliveredGrams,
    totaliserBeforeGrams: openingGrams,
    totaliserAfterGrams: latestGrams,
    reason: 'sale-missing',
  })
}

export const meterReset: Replay<'meter.reset'> = (scope, { position, lastGrams, nowGrams }) => {
  const nozzle = nozzleOf(scope, position, { openingGrams: lastGrams })
  if (nozzle?.account.accountedGrams !== lastGrams) return leaveOut(scope, { what: 'meter.reset' })
  book(scope, keyOf(nozzle), { kind: 'meter-reset', lastGrams, nowGrams })
}

export const paymentCollected: Replay<'payment.collected'> = ({ tx, at }, body) => {
  const fill = fillId(body.fill)
  if (tx.fills.byId(fill) === undefined || tx.fills.collected(fill)) return
  const { method, amountPaise } = body
  tx.fills.addPayment({ fill, method, amountPaise, by: attendantId(body.by), at })
}

type Ending = {
  readonly terms: Pick<FillTerms, 'position' | 'nozzle'>
  readonly row: Extract<FillRow, { readonly meter: Metered }>
  readonly state: FillState
}

/** Keeps the piece as it ended and puts its gas into the books. */
function endPiece(scope: ReplayScope, { terms, row, state }: Ending): void {
  const { tx, at, uuid } = scope
  const id = fillId(uuid)
  const key = { position: terms.position, nozzle: terms.nozzle }
  const known = tx.fills.byId(id)
  tx.fills.save({
    ...{ id, key, state },
    label: known?.label ?? '',
    startedAt: known?.startedAt ?? at,
    endedAt: at,
  })
  account(scope, key, row)
}

const bookOfRow = { settle: 'settled', dispute: 'disputed', orphan: 'orphan' } as const

/**
 * Gas that this file had taken for nobody's moves to its own book; gas that follows the books is
 * added to them. What does neither belongs to a counter or a time this file has no books of.
 */
function account(scope: ReplayScope, key: Cover['key'], row: Ending['row']): void {
  const { tx, plan } = scope
  const nozzle = tx.fills.nozzle(key)
  if (nozzle === undefined || row.meter.deliveredGrams === 0) return
  const covered = plan.covers.some(
    (cover) => sameNozzle(cover.key, key) && liesInside(row.meter, cover.meter, nozzle.setup.meter),
  )
  if (covered) {
    const moved = { kind: 'moved', from: 'orphan', grams: row.meter.deliveredGrams } as const
    const to = bookOfRow[row.kind]
    if (to !== 'orphan') book(scope, key, { ...moved, to })
  } else if (continues(nozzle.account, row.meter)) {
    book(scope, key, row)
    shortenRunning(scope, key, row.meter)
  } else {
    leaveOut(scope, { what: row.kind, grams: row.meter.deliveredGrams })
  }
}

type Cover = ReplayScope['plan']['covers'][number]

/** A running orphan began where the books stood: it loses what has an owner now. */
function shortenRunning({ tx }: ReplayScope, key: Cover['key'], taken: Metered): void {
  const open = tx.fills.open(key)
  if (open?.state.kind !== 'orphan') return
  const { meter } = open.state
  const deliveredGrams = grams(Math.max(0, meter.deliveredGrams - taken.deliveredGrams))
  const shorter = { ...meter, openingGrams: taken.latestGrams, deliveredGrams }
  tx.fills.save({ ...open, state: { ...open.state, meter: shorter } })
}

function leaveOut(
  { tx, at, uuid }: ReplayScope,
  facts: { readonly what: string; readonly grams?: number },
): void {
  tx.station.audit({ at, by: 'station', what: 'rollback.not_in_books', about: uuid, facts })
}

const pieceOf = ({ tx, uuid }: ReplayScope): Piece | undefined => tx.fills.byId(fillId(uuid))

/** What was promised to the vehicle, where the state is of a fill. */
export function termsOf(state: FillState): FillTerms | null {
  if ('terms' in state) return state.terms
  return 'open' in state && state.open !== null ? state.open.terms : null
}

function openingOf(state: FillState): Metered['openingGrams'] {
  if ('open' in state && state.open !== null) return state.open.meter.openingGrams
  return 'accountedGrams' in state ? state.accountedGrams : noGrams
}

type Sold = {
  readonly ticket: string
  readonly booking: string | null
  readonly pricePaisePerKg: FillTerms['pricePaisePerKg']
}

/** The terms as they were promised; a fill without its promise is made of what its end says. */
function termsFor(
  scope: ReplayScope,
  body: Span & { readonly position: FillTerms['position'] },
  sold: Sold | null,
): FillTerms | undefined {
  const piece = pieceOf(scope)
  const known = piece === undefined ? null : termsOf(piece.state)
  if (known !== null) return known
  const nozzle = nozzleOf(scope, body.position, meterOf(body))
  if (nozzle === undefined || sold === null) return undefined
  const ticket = ticketId(sold.ticket)
  const use = scope.tx.checkIns.ofTicket(ticket)
  return {
    ...keyOf(nozzle),
    fill: fillId(scope.uuid),
    ticket,
    use: use === undefined ? null : { booking: use.booking, useNo: use.useNo },
    limitGrams: body.grams,
    pricePaisePerKg: sold.pricePaisePerKg,
  }
}

/** Of several nozzles at a position the one whose books or whose cover the piece fits. */
function nozzleOf(
  { tx, plan }: ReplayScope,
  position: FillTerms['position'],
  { openingGrams }: Pick<Metered, 'openingGrams'>,
): NozzleRecord | undefined {
  const here = nozzlesAt(tx, position)
  const piece = { openingGrams, latestGrams: openingGrams, deliveredGrams: noGrams }
  return (
    here.find(({ account: books }) => books.accountedGrams === openingGrams) ??
    here.find((one) =>
      plan.covers.some(
        ({ key, meter }) =>
          sameNozzle(key, keyOf(one)) && liesInside(piece, meter, one.setup.meter),
      ),
    ) ??
    here[0]
  )
}

function keyOf({ setup }: NozzleRecord): Cover['key'] {
  return { position: setup.position, nozzle: setup.nozzle }
}

type Span = {
  readonly grams: Metered['deliveredGrams']
  readonly totaliserBeforeGrams: Metered['openingGrams']
  readonly totaliserAfterGrams: Metered['latestGrams']
}

function meterOf({ grams, totaliserBeforeGrams, totaliserAfterGrams }: Span): Metered {
  return {
    openingGrams: totaliserBeforeGrams,
    latestGrams: totaliserAfterGrams,
    deliveredGrams: grams,
  }
}
