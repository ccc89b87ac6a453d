import type { StationShape } from '@baari/shared/contracts/sync/shapes'
import { bookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'
import type { FollowChange, FollowedRow, FollowTarget, ShapeCursor } from '../../ports/sync.ts'
import { refuseOldClaims } from '../lease/refuse-claims.ts'

type Tx = Pick<LedgerTx, 'sync' | 'outbox' | 'leases'>

export type FollowInput = {
  readonly name: StationShape
  readonly handle: string
  /** Offset after this piece's answer; saved only with its last piece. */
  readonly offset: string
  readonly schemaHash: string
  readonly changes: readonly FollowChange[]
  readonly piece: {
    /** First piece of an answer to offset -1: everything comes anew. */
    readonly startsSnapshot: boolean
    readonly last: boolean
    /** The answer ended in up-to-date. */
    readonly upToDate: boolean
  }
}

export type FollowOutput = {
  readonly swapped: boolean
  readonly staging: boolean
  /** Ops this piece wrote to the outbox. */
  readonly ops: number
}

export function readCursors(
  tx: Tx,
  _input: null,
  _context: CommandContext,
): readonly ShapeCursor[] {
  return tx.sync.follow.cursors()
}

/**
 * Applies one piece of an answer: rows, handle and offset in the same transaction (sync.md 6.9). A
 * snapshot goes to the staging table and replaces the rows in one swap at its first up-to-date, so
 * that lookups meet the old rows or the new ones. Applying a piece twice changes nothing.
 */
export function applyShape(tx: Tx, input: FollowInput, context: CommandContext): FollowOutput {
  const { follow } = tx.sync
  const { name, handle, piece, schemaHash } = input
  const before = follow.cursor(name)
  const begins = piece.startsSnapshot || before?.handle !== handle
  const staging = begins || before.staging
  const lastUpToDate = before?.lastUpToDate ?? null
  if (begins) {
    follow.beginStaging(name)
    follow.saveCursor({ name, handle, offset: '-1', schemaHash, lastUpToDate, staging })
  }
  applyChanges(follow, { name, staging, changes: input.changes }, context)
  const done = piece.last
    ? finish(follow, { input, staging, lastUpToDate }, context)
    : { swapped: false, staging }
  if (name !== 'booking' || done.staging) return { ...done, ops: 0 }
  const ops = acknowledgeCancels(tx, input, done) + refuseOldClaims(tx, context)
  return { ...done, ops }
}

/** Cancels acknowledged in one transaction; a refetch of everything finds the rest later. */
const cancelsAtOnce = 200

/**
 * A cancel is final once the station has heard of it while nobody had come (product.md 7.3). The op
 * stands in the same transaction as the row, so the two are never told apart.
 */
function acknowledgeCancels(tx: Tx, { changes }: FollowInput, { swapped }: Done): number {
  const heard = changes.some(
    (change) => change.kind === 'upsert' && change.row['state'] === 'cancel_pending',
  )
  if (!heard && !swapped) return 0
  const cancels = tx.sync.follow.takeCancels(cancelsAtOnce)
  for (const { booking, rev } of cancels) {
    const id = bookingId(booking)
    tx.outbox.append({
      kind: 'booking.cancel_acked',
      entity: { type: 'booking', uuid: booking },
      body: { booking: id, rev },
    })
  }
  return cancels.length
}

type Done = Omit<FollowOutput, 'ops'>

type Follow = LedgerTx['sync']['follow']
type Changes = {
  readonly name: StationShape
  readonly staging: boolean
  readonly changes: readonly FollowChange[]
}

/** In their order; rows that follow one another are written together. */
function applyChanges(
  follow: Follow,
  { name, staging, changes }: Changes,
  { now }: CommandContext,
): void {
  const target = { name, staging }
  let rows: FollowedRow[] = []
  const write = (): void => {
    follow.upsert(target, rows)
    rows = []
  }
  for (const change of changes) {
    if (change.kind === 'upsert') {
      rows.push(change.row)
      continue
    }
    write()
    if (change.kind === 'delete') follow.remove(target, change.key)
    else setAside(follow, target, { change, at: now.at })
  }
  write()
}

type Unreadable = {
  readonly change: Extract<FollowChange, { readonly kind: 'unreadable' }>
  readonly at: Instant
}

function setAside(
  follow: Follow,
  { name, staging }: FollowTarget,
  { change: { key, payload, reason }, at }: Unreadable,
): void {
  follow.quarantine({ source: name, payload, reason, at })
  if (staging && key !== null) follow.keepStaged(name, key)
}

type Ending = {
  readonly input: FollowInput
  readonly staging: boolean
  readonly lastUpToDate: Instant | null
}

function finish(
  follow: Follow,
  { input, staging, lastUpToDate }: Ending,
  { now }: CommandContext,
): Done {
  const { name, handle, offset, schemaHash, piece } = input
  const swapped = piece.upToDate && staging
  if (swapped) follow.swap(name)
  follow.saveCursor({
    name,
    handle,
    offset,
    schemaHash,
    lastUpToDate: piece.upToDate ? now.at : lastUpToDate,
    staging: staging && !swapped,
  })
  return { swapped, staging: staging && !swapped }
}
