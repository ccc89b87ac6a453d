import type { Instant } from '../../units/time.ts'
import {
  least,
  less,
  most,
  noCapacity,
  plus,
  type Capacity,
  type CellCapacity,
} from './capacity.ts'
import {
  boundedValidity,
  type LeaseAnswer,
  type LeaseFenced,
  type LeaseKind,
  type LeaseRequest,
  type LeaseTerm,
} from './term.ts'

/** The newest term of a station, the number of its last request, and what was answered to it. */
export type HeldTerm = {
  readonly term: LeaseTerm
  readonly no: number
  readonly answer: LeaseAnswer
}

/** A cell of the cloud's share. Sold exceeds granted by *over*, after a shrink only. */
export type CloudCell = {
  readonly start: Instant
  readonly granted: Capacity
  readonly sold: Capacity
}

export function overOf({ granted, sold }: Pick<CloudCell, 'granted' | 'sold'>): Capacity {
  return less(sold, granted)
}

export type LeaseVerdict =
  /** A new term: what was granted before and is not named now ends. */
  | { readonly kind: 'open' }
  | { readonly kind: 'apply' }
  /** The answer was lost: given again, nothing changes. */
  | { readonly kind: 'repeat'; readonly answer: LeaseAnswer }
  | ({ readonly kind: 'fenced' } & LeaseFenced)

/** How a request's term stands to the one held. */
type Standing = 'first' | 'newer' | 'same' | 'older'

type Rule = (held: HeldTerm | undefined, request: LeaseRequest) => LeaseVerdict

const fenced: Rule = (held) => ({
  kind: 'fenced',
  fence: held?.term.fence ?? 0,
  term: held?.term.id ?? null,
})

/** A term opens with its first request, which names every cell; a later one alone would not do. */
const open: Rule = (held, request) => (request.no === 1 ? { kind: 'open' } : fenced(held, request))

/**
 * Requests of a term come one at a time, so a number below the last is a late double nobody waits
 * for, and one that leaves a hole means that we have lost requests: both sides start a new term.
 */
const byNumber: Rule = (held, request) => {
  if (held === undefined) return fenced(held, request)
  if (request.no === held.no) return { kind: 'repeat', answer: held.answer }
  return request.no === held.no + 1 ? { kind: 'apply' } : fenced(held, request)
}

const rules: { readonly [S in Standing]: { readonly [K in LeaseKind]: Rule } } = {
  first: { grant: open, borrow: fenced, return: fenced },
  newer: { grant: open, borrow: fenced, return: fenced },
  same: { grant: byNumber, borrow: byNumber, return: byNumber },
  older: { grant: fenced, borrow: fenced, return: fenced },
}

/** What the cloud does with a request of a station; the cells follow by {@link cellsAfter}. */
export function judgeRequest(held: HeldTerm | undefined, request: LeaseRequest): LeaseVerdict {
  return rules[standingOf(held, request.term)][request.kind](held, request)
}

function standingOf(held: HeldTerm | undefined, { id, fence }: LeaseTerm): Standing {
  if (held === undefined) return 'first'
  if (fence > held.term.fence) return 'newer'
  // Two histories of one station may both open a term of the same fence: the second is fenced.
  return fence === held.term.fence && id === held.term.id ? 'same' : 'older'
}

/** What the station gives and takes, cell by cell; sales are untouched by all of them. */
const amounts: {
  readonly [K in LeaseKind]: (cell: CloudCell, amount: Capacity, request: LeaseRequest) => Capacity
} = {
  grant: ({ granted }, amount, { adopt }) => (adopt ? least(granted, amount) : amount),
  borrow: ({ granted, sold }, amount) => less(granted, least(amount, less(granted, sold))),
  return: ({ granted }, amount) => plus(granted, amount),
}

/**
 * The cells after the request. `known` are the cloud's cells from now on, as far as it has any;
 * with a new term those that are not named lose their grant.
 */
export function cellsAfter(
  known: readonly CloudCell[],
  request: LeaseRequest,
  verdict: 'open' | 'apply',
): readonly CloudCell[] {
  const byStart = new Map(known.map((cell) => [cell.start, cell]))
  const named = request.cells.map(({ start, ...amount }): CloudCell => {
    const cell = byStart.get(start) ?? { start, granted: noCapacity, sold: noCapacity }
    byStart.delete(start)
    return { ...cell, granted: amounts[request.kind](cell, amount, request) }
  })
  if (verdict === 'apply') return named
  const ended = [...byStart.values()].map((cell) => ({ ...cell, granted: noCapacity }))
  return [...named, ...ended]
}

/** What the cloud holds of the cells the request names: the station reckons with no less. */
export function answerTo(request: LeaseRequest, cells: readonly CloudCell[]): LeaseAnswer {
  const byStart = new Map(cells.map((cell) => [cell.start, cell]))
  const held = request.cells.map(({ start }): CellCapacity => {
    const { granted, sold } = byStart.get(start) ?? { granted: noCapacity, sold: noCapacity }
    return { start, ...most(granted, sold) }
  })
  return { no: request.no, held }
}

/** Only a grant prolongs; the cloud's own clock bounds by how much. */
export function termAfter(
  held: HeldTerm | undefined,
  { kind, term }: LeaseRequest,
  now: Instant,
): LeaseTerm {
  if (kind !== 'grant' && held !== undefined) return held.term
  return { ...term, validUntil: boundedValidity(term.validUntil, now) }
}
