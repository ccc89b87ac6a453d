import type { FillId, PositionNo } from '@baari/shared/units/names'
import { fillId } from '@baari/shared/units/names'
import type { BookKind, Metered } from '../../../domain/fill/fill-states.ts'
import type { LocalOp, RollbackStore, StagedOp } from '../../../ports/rollback.ts'
import { readOp, type ReadOp } from './read-op.ts'

/** Gas that ended in a fetched op. */
export type FetchedPiece = {
  readonly id: FillId
  readonly position: PositionNo
  readonly book: BookKind
  readonly meter: Metered
}

/** What the fetched ops say, as far as it decides which of this file's own ops still hold. */
export type FetchedFacts = {
  readonly pieces: readonly FetchedPiece[]
  /** Fills that were promised and did not end before the file was lost. */
  readonly open: readonly {
    readonly fill: FillId
    readonly position: PositionNo
    readonly totaliserBeforeGrams: Metered['openingGrams']
  }[]
  /** Fills and shifts whose end was fetched, and bookings that were seen at a lane. */
  readonly ended: ReadonlySet<string>
  readonly cameIn: ReadonlySet<string>
  /** Facts by {@link factKey}: told once, they are not told again. */
  readonly told: ReadonlySet<string>
  readonly sinceMs: number
}

const kinds = [
  'entity',
  'fill.authorised',
  'fill.settled',
  'fill.disputed',
  'fill.orphan',
  'fill.voided',
  'shift.closed',
  'checkin.claimed',
  'checkin.redeemed',
  'checkin.released',
  'booking.no_show',
  'booking.cancel_acked',
  'ticket.closed',
  'payment.collected',
]

/** Two ops are the same fact when kind, thing and body are; their times may differ. */
export function factKey({ kind, entity, body }: Pick<LocalOp, 'kind' | 'entity' | 'body'>): string {
  return JSON.stringify([kind, entity?.uuid ?? '', body])
}

type Gathered = {
  pieces: FetchedPiece[]
  open: Map<string, FetchedFacts['open'][number]>
  ended: Set<string>
  cameIn: Set<string>
  told: Set<string>
  sinceMs: number
}

export function fetchedFacts(store: RollbackStore): FetchedFacts {
  const uuids = new Map<string, string>()
  const facts: Gathered = {
    pieces: [],
    open: new Map(),
    ended: new Set(),
    cameIn: new Set(),
    told: new Set(),
    sinceMs: Number.MAX_SAFE_INTEGER,
  }
  for (const staged of store.stagedOfKinds(kinds)) {
    const op = staged.stream === 'ledger' ? readOp(staged) : undefined
    if (op === undefined) continue
    const { epoch } = staged
    if (op.kind === 'entity') uuids.set(`${epoch}/${op.body.ref}`, op.body.uuid)
    const uuid = uuids.get(`${epoch}/${op.ref}`) ?? store.entity(staged, op.ref)?.uuid ?? ''
    gather(facts, op, { staged, uuid })
  }
  return { ...facts, open: [...facts.open.values()] }
}

type About = { readonly staged: StagedOp; readonly uuid: string }

function gather(facts: Gathered, op: ReadOp, { staged, uuid }: About): void {
  facts.sinceMs = Math.min(facts.sinceMs, op.at)
  facts.told.add(factKey({ kind: op.kind, entity: entityOf(uuid), body: bodyOf(staged) }))
  if (op.kind === 'shift.closed') facts.ended.add(uuid)
  if (op.kind === 'checkin.claimed') facts.cameIn.add(op.body.booking)
  if (op.kind === 'fill.authorised') {
    const { position, totaliserBeforeGrams } = op.body
    facts.open.set(uuid, { fill: fillId(uuid), position, totaliserBeforeGrams })
  }
  const piece = pieceOf(op, uuid)
  if (piece !== null) facts.pieces.push(piece)
  if (piece === null && op.kind !== 'fill.voided') return
  facts.ended.add(uuid)
  facts.open.delete(uuid)
}

const books = {
  'fill.settled': 'settled',
  'fill.disputed': 'disputed',
  'fill.orphan': 'orphan',
} as const

/** The gas of an op that ends a piece; null for every other op. */
export function pieceOf(op: ReadOp, uuid: string): FetchedPiece | null {
  if (op.kind !== 'fill.settled' && op.kind !== 'fill.disputed' && op.kind !== 'fill.orphan') {
    return null
  }
  const { position, grams, totaliserBeforeGrams, totaliserAfterGrams } = op.body
  return {
    id: fillId(uuid),
    position,
    book: books[op.kind],
    meter: {
      openingGrams: totaliserBeforeGrams,
      latestGrams: totaliserAfterGrams,
      deliveredGrams: grams,
    },
  }
}

const entityOf = (uuid: string): LocalOp['entity'] =>
  uuid === '' ? null : { type: 'station', uuid }

/** The body as it was sent, so that both sides of a comparison have the same keys. */
function bodyOf({ raw }: StagedOp): unknown {
  return (JSON.parse(new TextDecoder().decode(raw)) as { readonly b: unknown }).b
}
