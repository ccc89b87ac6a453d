import type { ConflictBody, Stream } from '@baari/shared/contracts/sync/session'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import {
  checkBatch,
  overlapEnd,
  type BatchCheck,
  type NextHash,
} from '../../domain/sync/check-batch.ts'
import { decideOps, physicalKinds } from '../../domain/sync/decide-ops.ts'
import type { OpOutcome } from '../../domain/sync/op-effects.ts'
import type { StationSession } from '../../ports/station-sessions.ts'
import {
  DataRefused,
  type OldVerdict,
  type StationStreams,
  type StoredOp,
  type StreamTx,
} from '../../ports/station-streams.ts'
import { namedRefs, namedRows } from './name-rows.ts'
import { ackedCancels, touchedBookings } from './outcomes.ts'
import { readOp, type ReadLine } from './read-ops.ts'

export type ReceiveDeps = {
  readonly streams: StationStreams
  readonly clock: Clock
  readonly nextHash: NextHash
  /**
   * Makes the cancels final that a station acknowledged, after its batch was committed. One that
   * fails here becomes final when its token ends.
   */
  readonly finishCancels: (bookings: readonly string[]) => Promise<void>
}

export type Batch = {
  readonly stream: Stream
  readonly epoch: string
  readonly generation: number
  readonly first: number
  readonly prevChain: string
  /** Station wall clock when the batch was sent. */
  readonly sentAtMs: number
  readonly lines: readonly ReadLine[]
}

export type BatchReceived = {
  readonly ack: number
  readonly chain: string
  readonly serverTimeMs: number
  readonly results: readonly OldVerdict[]
}

/** Below this the difference is travel time; above it the station's clock is wrong (sync.md 3). */
const clockToleranceMs = 60_000

type Piece = {
  readonly first: number
  readonly prevChain: string
  readonly lines: readonly ReadLine[]
}

type Context = {
  readonly deps: ReceiveDeps
  readonly session: StationSession
  readonly batch: Batch
  readonly recvAtMs: number
  readonly offsetMs: number
  /** Bookings whose cancel the committed pieces acknowledged. */
  readonly acked: string[]
}

/**
 * Applies a batch with exactly-once effect (sync.md 5.3). What the database refuses as a value is
 * found by halving until the op stands alone; that one is kept without effect and the stream goes
 * on. Each half is a whole transaction, so a crash between them is an ordinary overlap later.
 */
export async function receiveBatch(
  deps: ReceiveDeps,
  session: StationSession,
  batch: Batch,
): Promise<Result<BatchReceived, ConflictBody>> {
  if (batch.generation < session.generation) {
    return err({ error: 'fenced', generation: session.generation })
  }
  const recvAtMs = deps.clock.now()
  const difference = recvAtMs - batch.sentAtMs
  const offsetMs = Math.abs(difference) > clockToleranceMs ? difference : 0
  const acked: string[] = []
  const received = await applyPiece({ deps, session, batch, recvAtMs, offsetMs, acked }, batch)
  if (acked.length > 0) await deps.finishCancels(acked)
  return received
}

async function applyPiece(
  context: Context,
  piece: Piece,
): Promise<Result<BatchReceived, ConflictBody>> {
  try {
    return await applyWhole(context, piece, null)
  } catch (error) {
    if (!(error instanceof DataRefused)) throw error
    if (piece.lines.length === 1) return applyWhole(context, piece, error)
  }
  const middle = piece.lines.length >> 1
  const front = await applyPiece(context, { ...piece, lines: piece.lines.slice(0, middle) })
  if (!front.ok) return front
  const back = await applyPiece(context, {
    first: piece.first + middle,
    prevChain: chainAfter(context.deps.nextHash, piece, middle),
    lines: piece.lines.slice(middle),
  })
  if (!back.ok) return back
  return ok({ ...back.value, results: [...front.value.results, ...back.value.results] })
}

function chainAfter(nextHash: NextHash, { prevChain, lines }: Piece, count: number): string {
  return lines.slice(0, count).reduce((chain, line) => nextHash(chain, line.raw), prevChain)
}

async function applyWhole(
  context: Context,
  piece: Piece,
  poison: DataRefused | null,
): Promise<Result<BatchReceived, ConflictBody>> {
  const { deps, session, batch } = context
  const key = { stationNo: session.stationNo, epoch: batch.epoch, stream: batch.stream }
  const applied = await deps.streams.transact(key, (tx) =>
    applyInside({ ...context, tx, poison }, piece),
  )
  if (applied.ok) context.acked.push(...applied.value.cancels)
  return applied
}

type Applied = BatchReceived & { readonly cancels: readonly string[] }
type Inside = Context & { readonly tx: StreamTx; readonly poison: DataRefused | null }

async function applyInside(context: Inside, piece: Piece): Promise<Result<Applied, ConflictBody>> {
  const { tx, deps, session, batch } = context
  if (tx.generation > session.generation || batch.generation !== session.generation) {
    return err({ error: 'fenced', generation: tx.generation })
  }
  if (tx.currentEpoch !== batch.epoch || session.epoch !== batch.epoch) {
    return err({ error: 'epoch', current: tx.currentEpoch })
  }
  const check = await checkPiece(context, piece)
  if (check.kind === 'gap') return err({ error: 'gap', expected: check.expected })
  if (check.kind === 'fork') return err({ error: 'fork', fork_at: check.forkAt })
  const repeated = { from: piece.first, to: piece.first + check.duplicates - 1 }
  const old = check.duplicates > 0 ? await tx.verdicts(repeated) : []
  const fresh = piece.lines.slice(check.duplicates)
  const outcomes = await applyFresh(context, { fresh, hashes: check.hashes })
  const told = outcomes.flatMap(toldVerdict)
  return ok({
    cancels: ackedCancels(outcomes),
    ack: tx.head.seq + fresh.length,
    chain: check.chain,
    serverTimeMs: deps.clock.now(),
    results: [...old, ...told],
  })
}

/** Two chain values prove a whole overlap; the rest is read when they do not agree. */
async function checkPiece({ tx, deps: { nextHash } }: Inside, piece: Piece): Promise<BatchCheck> {
  const before = piece.first - 1
  if (before >= tx.head.seq) {
    return checkBatch(tx.head, piece, { stored: new Map(), nextHash })
  }
  const end = overlapEnd(tx.head, piece)
  const ends = await tx.hashes({ from: before, to: end, endsOnly: true })
  const check = checkBatch(tx.head, piece, { stored: ends, nextHash })
  if (check.kind !== 'fork') return check
  const stored = await tx.hashes({ from: before, to: end, endsOnly: false })
  return checkBatch(tx.head, piece, { stored, nextHash })
}

type Fresh = { readonly fresh: readonly ReadLine[]; readonly hashes: readonly string[] }

async function applyFresh(
  context: Inside,
  { fresh, hashes }: Fresh,
): Promise<readonly OpOutcome[]> {
  const { tx, offsetMs, poison, recvAtMs, batch } = context
  if (fresh.length === 0) return []
  const { stream } = batch
  const firstNew = tx.head.seq + 1
  const ops = fresh.map((line, index) => readOp(line, { stream, seq: firstNew + index, offsetMs }))
  const entities = await tx.entities(namedRefs(ops))
  const known = await tx.load(namedRows(ops, entities), entities)
  const outcomes =
    poison === null ? decideOps(ops, known) : fresh.map((line) => poisoned(line, firstNew))
  const stored = fresh.map((line, index): StoredOp => {
    const { raw, kind, entityRef, wallMs } = line
    return {
      seq: firstNew + index,
      kind,
      entityRef,
      raw,
      hash: hashes[index] ?? '',
      eventAtMs: wallMs === null ? null : wallMs + offsetMs,
      outcome: outcomes[index] as OpOutcome,
    }
  })
  const touched = touchedBookings(outcomes)
  const clockOffsetMs = batch.sentAtMs - recvAtMs
  await tx.write({ ops: stored, known, touched, recvAtMs, clockOffsetMs })
  return outcomes
}

function toldVerdict({ seq, verdict, code }: OpOutcome): readonly OldVerdict[] {
  return code === null ? [] : [{ seq, verdict, code }]
}

/** A fact of the ground waits for a person or a newer cloud; anything else is refused. */
function poisoned(line: ReadLine, seq: number): OpOutcome {
  const verdict = physicalKinds.has(line.kind) ? 'deferred' : 'rejected'
  return { seq, verdict, code: 'sql_error', effects: [] }
}
