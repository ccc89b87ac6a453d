import { slotMs } from '../../units/ist-calendar.ts'
import { after, instant, type Instant } from '../../units/time.ts'
import { perMille } from '../../units/work.ts'
import { takingSpan } from '../slots/taking-plan.ts'
import {
  capacityOf,
  isNone,
  least,
  less,
  most,
  noCapacity,
  plus,
  sameCapacity,
  sharedOf,
  type Capacity,
  type CellCapacity,
} from './capacity.ts'
import {
  cellsOfHorizon,
  cloudTarget,
  ownFree,
  type CapacityView,
  type StationCell,
} from './station-cells.ts'
import {
  cloudShare,
  grantedUntil,
  mayStillSell,
  remoteClosed,
  termLength,
  type LeaseRequest,
  type LeaseTerm,
} from './term.ts'

/** A record of the ledger stream: what moved between the two sellers, in whose favour. */
export type LeaseOp = {
  readonly kind: 'lease.granted' | 'lease.returned'
  readonly term: LeaseTerm
  readonly no: number
  readonly cells: readonly CellCapacity[]
}

/** The cloud was short of this much for a window. */
export type LeaseAsk = Capacity & { readonly id: string; readonly windowStart: Instant }

export type Asked = {
  readonly term: LeaseTerm
  /** Number of the request, should there be one. */
  readonly no: number
  readonly cells: readonly StationCell[]
  readonly context: CapacityView
}

/** A request with what the station gives up for it, to be stored before it is sent. */
export type Wish = {
  readonly request: LeaseRequest
  readonly cells: readonly StationCell[]
  readonly ops: readonly LeaseOp[]
}

export type Opening = {
  readonly cells: readonly StationCell[]
  readonly context: CapacityView & { readonly termId: string }
  readonly fence: number
  /** This ledger has forgotten sales: no cell of the horizon is sold or lent anew. */
  readonly closed: boolean
}

/**
 * Opens a term with every cell of the horizon, so that the cloud tells of each what it has sold.
 * Those that no remote channel sells any more are not lent.
 */
export function openTerm({ cells, context, fence, closed }: Opening): Wish & {
  readonly lease: { kind: 'opening'; term: LeaseTerm; request: LeaseRequest }
} {
  const horizon = cellsOfHorizon(cells, context, closed)
  const term = prolonged({ id: context.termId, fence, cloudShare }, context.now)
  // What was lent or borrowed under the last term is settled by the new grant.
  const fresh = horizon.map((cell) => ({ ...cell, borrowed: noCapacity, asked: noCapacity }))
  const named = fresh.map((cell) => ({
    start: cell.start,
    ...(isRemote(cell, context.now) ? cloudTarget({ ...cell, closed: false }) : noCapacity),
  }))
  const request = { kind: 'grant', no: 1, term, cells: named, adopt: closed, asks: [] } as const
  const lent = lending(fresh, named)
  return {
    lease: { kind: 'opening', term, request },
    request,
    ...lent,
    ops: [grantedOp(request, lent)],
  }
}

/** Renews the term and grants what the cloud's share has become, asks included. */
export function renewTerm(asked: Asked, asks: readonly LeaseAsk[]): Wish {
  const { context, no } = asked
  const term = prolonged(asked.term, context.now)
  const horizon = cellsOfHorizon(asked.cells, context, false)
  const cells = asks.reduce((known, ask) => lendForAsk(known, ask), horizon)
  const named = cells
    .filter((cell) => isRemote(cell, context.now))
    .filter((cell) => cell.over || !sameCapacity(cell.cloud, cloudTarget(cell)))
    .map((cell) => ({ start: cell.start, ...cloudTarget(cell) }))
  const request: LeaseRequest = {
    ...{ kind: 'grant', no, term, cells: named, adopt: false },
    asks: asks.map(({ id }) => id),
  }
  const lent = lending(cells, named)
  return { request, ...lent, ops: [grantedOp(request, lent)] }
}

/** From s−15 unsold minutes are the station's: it takes all that the cloud has left of them. */
export function borrowClosing({ term, no, cells, context }: Asked): Wish | undefined {
  const named = cells
    .filter((cell) => !isRemote(cell, context.now) && cell.start + slotMs > context.now)
    .filter((cell) => !isNone(cell.cloud))
    .map(({ start, cloud }) => ({ start, ...cloud }))
  return borrow({ term, no, cells }, named)
}

/** Takes free minutes of the cloud for a driver at the kiosk. */
export function borrowWanted(
  { term, no, cells }: Asked,
  wanted: readonly CellCapacity[],
): Wish | undefined {
  const wishes = new Map(wanted.map((cell) => [cell.start, cell]))
  const named = cells.flatMap((cell) => {
    const wish = least(wishes.get(cell.start) ?? noCapacity, cell.cloud)
    return cell.closed || isNone(wish) ? [] : [{ start: cell.start, ...wish }]
  })
  return borrow({ term, no, cells }, named)
}

/** Gives back what was borrowed, was not sold, and a remote channel may still sell. */
export function giveBack({ term, no, cells, context }: Asked): Wish | undefined {
  const runs = mayStillSell(term, context.now)
  const named: CellCapacity[] = []
  const after = cells.map((cell) => {
    const amount = isRemote(cell, context.now)
      ? least(cell.borrowed, ownFree(cell, runs))
      : noCapacity
    if (isNone(amount)) return cell
    named.push({ start: cell.start, ...amount })
    return { ...cell, cloud: plus(cell.cloud, amount), borrowed: less(cell.borrowed, amount) }
  })
  if (named.length === 0) return undefined
  const request = { kind: 'return', no, term, cells: named, adopt: false, asks: [] } as const
  return { request, cells: after, ops: [{ kind: 'lease.granted', term, no, cells: named }] }
}

type Borrowing = Pick<Asked, 'term' | 'no' | 'cells'>

/** The station gains, so nothing changes here until the cloud has given up its part. */
function borrow({ term, no, cells }: Borrowing, named: readonly CellCapacity[]): Wish | undefined {
  if (named.length === 0) return undefined
  const request = { kind: 'borrow', no, term, cells: named, adopt: false, asks: [] } as const
  return { request, cells, ops: [] }
}

function prolonged(term: Pick<LeaseTerm, 'id' | 'fence' | 'cloudShare'>, now: Instant): LeaseTerm {
  return {
    ...{ id: term.id, fence: term.fence, cloudShare: term.cloudShare },
    from: instant(Math.floor(now / slotMs) * slotMs),
    to: grantedUntil(now),
    validUntil: after(now, termLength),
  }
}

function isRemote(cell: Pick<StationCell, 'start'>, now: Instant): boolean {
  return cell.start >= remoteClosed(now)
}

type Lent = { readonly cells: readonly StationCell[]; readonly raised: readonly CellCapacity[] }

/** The station's loss: from here on it reckons with the cloud having what it is about to hear of. */
function lending(cells: readonly StationCell[], named: readonly CellCapacity[]): Lent {
  const targets = new Map(named.map((cell) => [cell.start, capacityOf(cell)]))
  const raised: CellCapacity[] = []
  const after = cells.map((cell) => {
    const cloud = most(cell.cloud, targets.get(cell.start) ?? noCapacity)
    const more = less(cloud, cell.cloud)
    if (isNone(more)) return cell
    raised.push({ start: cell.start, ...more })
    return { ...cell, cloud }
  })
  return { cells: after, raised }
}

function grantedOp({ term, no }: LeaseRequest, { raised }: Lent): LeaseOp {
  return { kind: 'lease.granted', term, no, cells: raised }
}

const half = perMille(500)

/** The cloud gets at most half of what the station has free, cell by cell, up to what it asked. */
function lendForAsk(cells: readonly StationCell[], ask: LeaseAsk): readonly StationCell[] {
  let open: Capacity = ask
  const end = after(ask.windowStart, takingSpan)
  return cells.map((cell) => {
    if (cell.start < ask.windowStart || cell.start >= end || cell.closed) return cell
    const give = least(open, sharedOf(ownFree(cell, true), half))
    if (isNone(give)) return cell
    open = less(open, give)
    return { ...cell, asked: plus(cell.asked, give) }
  })
}
