import type { StationShape } from '@baari/shared/contracts/sync/shapes'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds, type Instant, type Millis, type Mono } from '@baari/shared/units/time'
import type { Ledger } from '../../ports/ledger.ts'
import type { ShapeBatch, ShapeSource } from '../../ports/shape-source.ts'
import type { ShapeCursor } from '../../ports/sync.ts'
import { schemaHashOf } from './schema-hash.ts'
import type { SyncCommands } from './sync-commands.ts'

export type FollowerDeps = {
  readonly source: ShapeSource
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly clock: Clock
  readonly times: FollowTimes
  readonly now: () => Instant
  /** An answer that no retry can better: the definition or the rights are wrong. */
  readonly onRefused: (name: StationShape, error: Error) => void
  /** What came down made the station write ops of its own, such as an acknowledged cancel. */
  readonly onOps: () => void
  readonly onFault: (error: unknown) => void
}

export type FollowerStatus = {
  readonly name: StationShape
  readonly lastUpToDate: Instant | null
  readonly restarts: number
}

export type Follower = { status(): FollowerStatus; stop(): void }

export type FollowTimes = {
  /** So long without a word means a dead stream; the server holds a live request for 20 s. */
  readonly silenceMs: Millis
  /** How often the silence is looked at. */
  readonly watchMs: Millis
  /** How often "nothing changed" is written down; the rows themselves are written at once. */
  readonly quietWriteMs: Millis
}

export const usualFollowTimes: FollowTimes = {
  silenceMs: seconds(90),
  watchMs: seconds(15),
  quietWriteMs: seconds(60),
}

/** Rows per transaction: a scan that waits for the ledger thread waits a few milliseconds. */
const rowsPerPiece = 500

/**
 * Follows one table of the cloud through the shape protocol and keeps it in the ledger (sync.md
 * 6.9). The stream waits until a batch is durable before it asks for the next; a stream that falls
 * silent, or could not store what it got, is started again from the saved cursor.
 */
export async function followShape(deps: FollowerDeps, name: StationShape): Promise<Follower> {
  const { clock, ledger, onFault, times } = deps
  const known = await ledger.run('follow.cursors', null)
  let lastUpToDate = known.find((cursor) => cursor.name === name)?.lastUpToDate ?? null
  let heardAt: Mono = clock.mono()
  let restarts = 0
  let stopped = false
  let abort = new AbortController()
  let cancelWatch = (): void => undefined

  async function start(): Promise<void> {
    const cursors = await ledger.run('follow.cursors', null)
    if (stopped) return
    abort = new AbortController()
    heardAt = clock.mono()
    openStream(deps, {
      name,
      cursor: usable(cursors.find((cursor) => cursor.name === name)),
      abort,
      onUpToDate: () => {
        heardAt = clock.mono()
        lastUpToDate = deps.now()
      },
    })
  }

  function watch(): void {
    cancelWatch = clock.after(`watch ${name}`, times.watchMs, () => {
      if (clock.mono() - heardAt > times.silenceMs || abort.signal.aborted) {
        abort.abort()
        restarts += 1
        start().catch(onFault)
      }
      watch()
    })
  }

  await start()
  watch()
  return {
    status: () => ({ name, lastUpToDate, restarts }),
    stop() {
      stopped = true
      cancelWatch()
      abort.abort()
    },
  }
}

/** A cursor of other columns, or one that never got past the start, is none. */
function usable(cursor: ShapeCursor | undefined): ShapeCursor | undefined {
  if (cursor === undefined || cursor.offset === '-1') return undefined
  return cursor.schemaHash === schemaHashOf(cursor.name) ? cursor : undefined
}

type StreamInput = {
  readonly name: StationShape
  readonly cursor: ShapeCursor | undefined
  readonly abort: AbortController
  readonly onUpToDate: () => void
}

function openStream(deps: FollowerDeps, { name, cursor, abort, onUpToDate }: StreamInput): void {
  const { signal } = abort
  const store = batchStore(deps, { name, fromStart: cursor === undefined })
  const broken = (error: unknown): void => {
    deps.onFault(error)
    abort.abort()
  }
  deps.source.open({
    name,
    cursor,
    signal,
    onRefused: (error) => deps.onRefused(name, error),
    onEnded: broken,
    async onBatch(batch) {
      try {
        if (signal.aborted) return
        await store(batch)
        if (batch.upToDate) onUpToDate()
      } catch (error) {
        // What was not stored must be fetched again: the stream may not go on from here.
        broken(error)
      }
    },
  })
}

/** Stores batches in pieces; the cursor moves with the last piece only. */
function batchStore(
  { ledger, clock, times, onOps }: FollowerDeps,
  { name, fromStart }: { readonly name: StationShape; readonly fromStart: boolean },
): (batch: ShapeBatch) => Promise<void> {
  const schemaHash = schemaHashOf(name)
  let startsSnapshot = fromStart
  const { quietWriteMs } = times
  let saved = { handle: '', offset: '', at: -quietWriteMs }

  return async ({ changes, mustRefetch, upToDate, handle, offset }) => {
    if (mustRefetch) {
      startsSnapshot = true
      return
    }
    const same = saved.handle === handle && saved.offset === offset
    if (changes.length === 0 && same && clock.mono() - saved.at < quietWriteMs) return
    for (let start = 0; start === 0 || start < changes.length; start += rowsPerPiece) {
      const piece = changes.slice(start, start + rowsPerPiece)
      const last = start + rowsPerPiece >= changes.length
      const about = { startsSnapshot: startsSnapshot && start === 0, last, upToDate }
      const { ops } = await ledger.run('follow.apply', {
        ...{ name, handle, offset, schemaHash },
        changes: piece,
        piece: about,
      })
      if (ops > 0) onOps()
    }
    startsSnapshot = false
    saved = { handle, offset, at: clock.mono() }
  }
}
