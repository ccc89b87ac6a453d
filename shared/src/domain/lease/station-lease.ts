import { capacityOf, isNone, less, plus, sameCapacity, type CellCapacity } from './capacity.ts'
import { cellsOfHorizon, type CapacityView, type StationCell } from './station-cells.ts'
import {
  borrowClosing,
  borrowWanted,
  giveBack,
  openTerm,
  renewTerm,
  type Asked,
  type LeaseAsk,
  type LeaseOp,
} from './station-requests.ts'
import type { LeaseAnswer, LeaseFenced, LeaseRequest, LeaseTerm } from './term.ts'

/** What a round does next: renew, take what no remote channel sells any more, give back. */
export type RoundStep = 'grant' | 'close' | 'return'

/**
 * The station's side of the lease. A request is stored before it is sent and sent again until it
 * is answered, so at most one is under way, also over a restart.
 */
export type StationLease =
  /** The cloud has never acknowledged a term of this ledger. */
  | { readonly kind: 'unopened' }
  | { readonly kind: 'opening'; readonly term: LeaseTerm; readonly request: LeaseRequest }
  | {
      readonly kind: 'held'
      readonly term: LeaseTerm
      readonly no: number
      readonly next: RoundStep
    }
  | {
      readonly kind: 'asking'
      readonly term: LeaseTerm
      readonly request: LeaseRequest
      readonly next: RoundStep
    }

export type LeaseEvent =
  /** `starts`: the five minutes are over; else the round under way goes on. */
  | { readonly kind: 'due'; readonly starts: boolean; readonly asks: readonly LeaseAsk[] }
  /** The kiosk has a driver for whom the own share does not suffice. */
  | { readonly kind: 'wanted'; readonly cells: readonly CellCapacity[] }
  | { readonly kind: 'answered'; readonly answer: LeaseAnswer }
  | ({ readonly kind: 'fenced'; readonly no: number } & LeaseFenced)
  /** The ledger was restored or rolled back: some of what it sold since may be forgotten. */
  | { readonly kind: 'forgot' }

export type LeaseContext = CapacityView & {
  /** Id for a term, should one be opened. */
  readonly termId: string
}

export type LeaseBook = {
  readonly lease: StationLease
  readonly cells: readonly StationCell[]
}

export type LeaseMove = LeaseBook & {
  /** Every change in the cloud's favour, and every one in the station's. */
  readonly ops: readonly LeaseOp[]
}

type Of<S extends StationLease['kind']> = Extract<StationLease, { kind: S }>
type EventOf<E extends LeaseEvent['kind']> = Extract<LeaseEvent, { kind: E }>
type Ask<L extends StationLease, E extends LeaseEvent> = {
  readonly lease: L
  readonly cells: readonly StationCell[]
  readonly event: E
  readonly context: LeaseContext
}
type Rules = {
  readonly [S in StationLease['kind']]: {
    readonly [E in LeaseEvent['kind']]: (ask: Ask<Of<S>, EventOf<E>>) => LeaseMove
  }
}
type Pending = Of<'opening' | 'asking'>

const stay = ({ lease, cells }: LeaseBook): LeaseMove => ({ lease, cells, ops: [] })

/** Nobody answers: cells roll on, and the request that waits is sent again as it is. */
const rollOn = ({ lease, cells, context }: Ask<Pending, EventOf<'due'>>): LeaseMove =>
  stay({ lease, cells: cellsOfHorizon(cells, context, false) })

const rules: Rules = {
  unopened: {
    due: ({ cells, context }) => openTerm({ cells, context, fence: 1, closed: false }),
    wanted: stay,
    answered: stay,
    fenced: stay,
    forgot: stay,
  },
  opening: {
    due: rollOn,
    wanted: stay,
    answered: (ask) => settled(ask, 'close'),
    // A term of this fence is somebody's already: this ledger does not know all of its history.
    fenced: (ask) => (isOurs(ask) ? reopened(ask, true) : stay(ask)),
    forgot: (ask) => reopened(ask, true),
  },
  held: {
    due: (ask) => round(ask, ask.event.starts ? 'grant' : ask.lease.next),
    wanted: (ask) => asking(ask, borrowWanted(asked(ask), ask.event.cells), ask.lease.next),
    answered: stay,
    fenced: stay,
    forgot: (ask) => reopened(ask, true),
  },
  asking: {
    due: rollOn,
    wanted: stay,
    answered: (ask) => settled(ask, ask.lease.next),
    fenced: (ask) => (isOurs(ask) ? reopened(ask, !isOwnTerm(ask)) : stay(ask)),
    forgot: (ask) => reopened(ask, true),
  },
}

/** Next state, cells and ops of the station's lease. */
export function decideLease(
  { lease, cells }: LeaseBook,
  event: LeaseEvent,
  context: LeaseContext,
): LeaseMove {
  const rule = rules[lease.kind][event.kind] as (ask: object) => LeaseMove
  return rule({ lease, cells, event, context })
}

/** The request to send, if one waits for its answer. */
export function pendingRequest(lease: StationLease): LeaseRequest | undefined {
  return lease.kind === 'opening' || lease.kind === 'asking' ? lease.request : undefined
}

/** The term under which the station may sell: one that the cloud has acknowledged. */
export function acknowledgedTerm(lease: StationLease): LeaseTerm | undefined {
  return lease.kind === 'held' || lease.kind === 'asking' ? lease.term : undefined
}

type Held = Omit<Ask<Of<'held'>, LeaseEvent>, 'event'>

/** Steps of a round follow each other as long as they have nothing to ask. */
function round(ask: Ask<Of<'held'>, EventOf<'due'>>, step: RoundStep): LeaseMove {
  const { asks, starts } = ask.event
  if (step === 'grant')
    return starts ? asking(ask, renewTerm(asked(ask), asks), 'close') : stay(ask)
  if (step === 'return') return asking(ask, giveBack(asked(ask)), 'grant')
  const closing = asking(ask, borrowClosing(asked(ask)), 'return')
  return closing.lease.kind === 'asking' ? closing : round(ask, 'return')
}

function asked({ lease, cells, context }: Held): Asked {
  return { term: lease.term, no: lease.no + 1, cells, context }
}

function asking(
  { lease, cells }: Held,
  wish: ReturnType<typeof giveBack>,
  next: RoundStep,
): LeaseMove {
  if (wish === undefined) return { lease: { ...lease, next }, cells, ops: [] }
  const { request, ops } = wish
  return {
    lease: { kind: 'asking', term: request.term, request, next },
    cells: wish.cells,
    ops,
  }
}

function reopened(
  { lease, cells, event, context }: Ask<Pending | Of<'held'>, EventOf<'fenced' | 'forgot'>>,
  closed: boolean,
): LeaseMove {
  const told = event.kind === 'fenced' ? event.fence : 0
  return openTerm({ cells, context, fence: Math.max(told, lease.term.fence) + 1, closed })
}

function isOurs({ lease, event }: Ask<Pending, EventOf<'fenced'>>): boolean {
  return event.no === lease.request.no
}

/** The cloud is behind our own term: it has lost requests, we have not lost a sale. */
function isOwnTerm({ lease, event }: Ask<Pending, EventOf<'fenced'>>): boolean {
  return event.fence < lease.term.fence || event.term === lease.term.id
}

/** What the cloud holds is known again; what it gave up is the station's from here on. */
function settled(
  { lease, cells, event }: Ask<Pending, EventOf<'answered'>>,
  next: RoundStep,
): LeaseMove {
  const { request, term } = lease
  const { answer } = event
  if (answer.no !== request.no) return stay({ lease, cells })
  const held = new Map(answer.held.map((cell) => [cell.start, cell]))
  const asked = new Map(request.cells.map((cell) => [cell.start, cell]))
  const returned: CellCapacity[] = []
  const after = cells.map((cell): StationCell => {
    const now = held.get(cell.start)
    if (now === undefined) return cell
    const gained = less(cell.cloud, now)
    if (!isNone(gained)) returned.push({ start: cell.start, ...gained })
    const borrowed = request.kind === 'borrow' ? plus(cell.borrowed, gained) : cell.borrowed
    const over =
      request.kind === 'grant' ? !sameCapacity(now, asked.get(now.start) ?? now) : cell.over
    return { ...cell, cloud: capacityOf(now), borrowed, over }
  })
  const op: LeaseOp = { kind: 'lease.returned', term, no: request.no, cells: returned }
  return {
    lease: { kind: 'held', term, no: request.no, next },
    cells: after,
    ops: returned.length > 0 ? [op] : [],
  }
}
