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
  /** Unless given, those of `usualFollowTimes`. */
  readonly times?: FollowTimes | undefined
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

export type Follower = {
  status(): FollowerStatus
  /** Fetches every row anew into staging; resolves at its up-to-date, or after 30 s without one. */
  refetch(): Promise<void>
  stop(): void
}

export type FollowTimes = {
  /** So long without a word means a dead stream; the server holds a live request for 20 s. */
  readonly silenceMs: Millis
  /** How often the silence is looked at. */
  readonly watchMs: Millis
  /** How often "nothing changed" is written down; the rows themselves are written at once. */
  readonly quietWriteMs: Millis
}

const usualFollowTimes: FollowTimes = {
  silenceMs: seconds(90),
  watchMs: seconds(15),
  quietWriteMs: seconds(60),
}

const refetchMax = seconds(30)
/** Rows per transaction: a scan that waits for the ledger thread waits a few milliseconds. */
const rowsPerPiece = 500

/**
 * Follows one table of the cloud through the shape protocol and keeps it in the ledger (sync.md
 * 6.9). The stream is at most one batch ahead of what is durable; one that falls silent, or could
 * not store what it got, is started again from the saved cursor.
 */
export async function followShape(deps: FollowerDeps, name: StationShape): Promise<Follower> {
  const { clock, ledger, onFault, times = usualFollowTimes } = deps
  const known = await ledger.run('follow.cursors', null)
  let lastUpToDate = known.find((cursor) => cursor.name === name)?.lastUpToDate ?? null
  let heardAt: Mono = clock.mono()
  let restarts = 0
  let stopped = false
  let abort = new AbortController()
  let cancelWatch = (): void => undefined
  let storing: Promise<void> = Promise.resolve()
  let waiting: (() => void)[] = []
  let refetching = false

  async function start(anew = false): Promise<void> {
    // What the last stream was storing must not come between the pieces of the next one.
    await storing
    const cursors = await ledger.run('follow.cursors', null)
    if (stopped) return
    abort = new AbortController()
    heardAt = clock.mono()
    openStream(deps, {
      name,
      cursor: anew ? undefined : usable(cursors.find((cursor) => cursor.name === name)),
      abort,
      onStoring: (work) => void (storing = work),
      onUpToDate: () => {
        heardAt = clock.mono()
        lastUpToDate = deps.now()
        for (const resolve of waiting.splice(0)) resolve()
      },
    })
  }

  async function refetch(): Promise<void> {
    refetching = true
    abort.abort()
    await start(true).finally(() => (refetching = false))
    await new Promise<void>((resolve) => {
      waiting = [...waiting, resolve]
      clock.after(`refetch ${name}`, refetchMax, resolve)
    })
  }

  function watch(): void {
    cancelWatch = clock.after(`watch ${name}`, times.watchMs, () => {
      const silent = clock.mono() - heardAt > times.silenceMs || abort.signal.aborted
      if (silent && !refetching) {
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
    refetch,
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
  readonly onStoring: (work: Promise<void>) => void
  readonly onUpToDate: () => void
}

function openStream(deps: FollowerDeps, input: StreamInput): void {
  const { name, cursor, abort, onStoring, onUpToDate } = input
  const { signal } = abort
  const store = batchStore(deps, { name, fromStart: cursor === undefined, signal })
  const broken = (error: unknown): void => {
    deps.onFault(error)
    abort.abort()
  }
  let storing = Promise.resolve()

  /** One batch after the other; what follows a batch that was not stored is not stored either. */
  async function keep(batch: ShapeBatch): Promise<void> {
    if (signal.aborted) return
    await store(batch)
    if (batch.upToDate) onUpToDate()
  }

  deps.source.open({
    name,
    cursor,
    signal,
    onRefused: (error) => deps.onRefused(name, error),
    onEnded: broken,
    async onBatch(batch) {
      if (signal.aborted) return
      const before = storing
      storing = before.then(() => keep(batch))
      onStoring(storing.catch(() => undefined))
      // What was not stored must be fetched again: the stream may not go on from here.
      storing.catch((error: unknown) => {
        if (!signal.aborted) broken(error)
      })
      // While the ledger's thread stores this batch, the stream may parse the next, and no more.
      await before.catch(() => undefined)
    },
  })
}

type BatchStore = {
  readonly name: StationShape
  readonly fromStart: boolean
  readonly signal: AbortSignal
}

/** Stores batches in pieces; the cursor moves with the last piece only. */
function batchStore(
  { ledger, clock, times = usualFollowTimes, onOps }: FollowerDeps,
  { name, fromStart, signal }: BatchStore,
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
      // Another stream has begun from the saved cursor: the rest is its to store.
      if (signal.aborted) return
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
