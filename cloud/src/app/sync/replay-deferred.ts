import type { Clock } from '@baari/shared/runtime/clock'
import { decideOps } from '../../domain/sync/decide-ops.ts'
import type { OpOutcome } from '../../domain/sync/op-effects.ts'
import type { StationOp, UnreadOp } from '../../domain/sync/station-op.ts'
import {
  DataRefused,
  type DeferredOp,
  type RewrittenOp,
  type StationStreams,
  type StreamKey,
  type StreamTx,
} from '../../ports/station-streams.ts'
import { namedRefs, namedRows } from './name-rows.ts'
import { ackedCancels, touchedBookings } from './outcomes.ts'
import { readLine, readOp, type ReadLine } from './read-ops.ts'

export type ReplayDeps = {
  readonly streams: StationStreams
  readonly clock: Clock
  /** Names what this version can read and hold; ops it has tried are not tried again. */
  readonly reader: string
  readonly finishCancels: (bookings: readonly string[]) => Promise<void>
}

const streamsPerRun = 200
const opsPerPiece = 500

export type Replayed = { readonly applied: number; readonly left: number }

/**
 * Takes up ops that an older version of the cloud kept without understanding them (sync.md 5.3 and
 * failure case 8): stream by stream, in the station's order, each with the stream's head held as a
 * batch holds it. An op's verdict changes in the transaction of its effects, so it has them once,
 * whoever else replays at the same time and wherever this process is killed.
 */
export async function replayDeferred(deps: ReplayDeps): Promise<Replayed> {
  let [applied, left] = [0, 0]
  for (const key of await deps.streams.deferred(deps.reader, streamsPerRun)) {
    for (;;) {
      const piece = await replayPiece({ deps, key }, opsPerPiece)
      if (piece === undefined) break
      applied += piece.applied
      left += piece.left
    }
  }
  return { applied, left }
}

type Place = { readonly deps: ReplayDeps; readonly key: StreamKey }

/** Undefined when nothing is left to try. A value the database cannot hold is found by halving. */
async function replayPiece(place: Place, limit: number): Promise<Replayed | undefined> {
  try {
    return await replayWhole(place, { limit, poison: false })
  } catch (error) {
    if (!(error instanceof DataRefused)) throw error
    if (limit === 1) return replayWhole(place, { limit, poison: true })
  }
  return replayPiece(place, Math.max(1, limit >> 1))
}

type Whole = { readonly limit: number; readonly poison: boolean }

async function replayWhole({ deps, key }: Place, whole: Whole): Promise<Replayed | undefined> {
  const { streams, reader, finishCancels } = deps
  const outcomes = await streams.transact(key, async (tx) => {
    const ops = await tx.deferred({ reader, limit: whole.limit })
    return ops.length === 0 ? undefined : rewrite({ deps, key, tx }, ops, whole)
  })
  if (outcomes === undefined) return undefined
  const cancels = ackedCancels(outcomes)
  if (cancels.length > 0) await finishCancels(cancels)
  const left = outcomes.filter(({ verdict }) => verdict === 'deferred').length
  return { applied: outcomes.length - left, left }
}

type Inside = Place & { readonly tx: StreamTx }

async function rewrite(
  { deps, key, tx }: Inside,
  deferred: readonly DeferredOp[],
  { poison }: Whole,
): Promise<readonly OpOutcome[]> {
  const lines = deferred.map(({ raw }) => readLine(raw))
  const ops = deferred.map((op, index) => readAgain(key, op, lines[index] as ReadLine))
  const entities = await tx.entities(namedRefs(ops))
  const known = await tx.load(namedRows(ops, entities), entities)
  const outcomes = poison ? deferred.map(stillPoison) : decideOps(ops, known)
  const rewritten = deferred.map((op, index): RewrittenOp => {
    const { kind, entityRef } = lines[index] as ReadLine
    const outcome = outcomes[index] as OpOutcome
    return { seq: op.seq, kind, entityRef, eventAtMs: op.eventAtMs, outcome }
  })
  await tx.rewrite({
    ops: rewritten,
    known,
    touched: touchedBookings(outcomes),
    recvAtMs: deps.clock.now(),
    reader: deps.reader,
  })
  return outcomes
}

/** The correction of the station's clock was found when the op came; it holds for its time still. */
function readAgain(
  { stream }: StreamKey,
  { seq, eventAtMs }: DeferredOp,
  line: ReadLine,
): StationOp | UnreadOp {
  const offsetMs = eventAtMs === null || line.wallMs === null ? 0 : eventAtMs - line.wallMs
  return readOp(line, { stream, seq, offsetMs })
}

function stillPoison({ seq }: DeferredOp): OpOutcome {
  return { seq, verdict: 'deferred', code: 'sql_error', effects: [] }
}
