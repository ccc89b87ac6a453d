import type { StationShape } from '@baari/shared/contracts/sync/shapes'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds, type Instant, type Mono } from '@baari/shared/units/time'
import {
  FetchError,
  isChangeMessage,
  ShapeStream,
  type Message,
  type Offset,
} from '@electric-sql/client'
import type { SyncCommands } from '../../app/sync/sync-commands.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { ShapeCursor } from '../../ports/sync.ts'
import type { SessionKeeper } from './session-keeper.ts'
import { hasControl, readChanges, schemaHashOf, type ShapeRow } from './shape-rows.ts'

export type FollowerDeps = {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly keeper: SessionKeeper
  readonly ledger: Pick<Ledger<SyncCommands>, 'run'>
  readonly clock: Clock
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

/** The server holds a live request for 20 s, so this long without a word means a dead stream. */
const silenceMax = seconds(90)
const watchEvery = seconds(15)
const answerDeadline = seconds(60)
/** Per transaction: a scan that waits for the ledger thread waits a few milliseconds. */
const messagesPerPiece = 500
/** How often "nothing changed" is written down; the rows themselves are written at once. */
const quietWriteMs = 60_000

/**
 * Follows one table of the cloud through the shape protocol and keeps it in the ledger (sync.md
 * 6.9). The stream is at most one batch ahead of what is durable; one that falls silent, or could
 * not store what it got, is started again from the saved cursor.
 */
export async function followShape(deps: FollowerDeps, name: StationShape): Promise<Follower> {
  const { clock, ledger, onFault } = deps
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
      signal: abort.signal,
      onUpToDate: () => {
        heardAt = clock.mono()
        lastUpToDate = deps.now()
      },
      onBroken: (error) => {
        onFault(error)
        abort.abort()
      },
    })
  }

  function watch(): void {
    cancelWatch = clock.after(`watch ${name}`, watchEvery, () => {
      if (clock.mono() - heardAt > silenceMax || abort.signal.aborted) {
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
  readonly signal: AbortSignal
  readonly onUpToDate: () => void
  readonly onBroken: (error: unknown) => void
}

function openStream(deps: FollowerDeps, input: StreamInput): void {
  const { name, cursor, signal } = input
  const token = (): string | undefined => deps.keeper.current()?.token
  const stream = new ShapeStream<ShapeRow>({
    url: new URL('/v1/shape', deps.baseUrl).href,
    params: { table: name },
    // Signs in first where nobody has yet; without a session the cloud says 401 and we come back.
    headers: {
      Authorization: async () => {
        const session = deps.keeper.current() ?? (await deps.keeper.ensure(undefined, signal))
        return `Bearer ${session?.token ?? ''}`
      },
    },
    signal,
    ...(cursor === undefined ? {} : { offset: cursor.offset as Offset, handle: cursor.handle }),
    fetchClient: withDeadline(deps.fetch),
    onError: async (error) => {
      if (signal.aborted) return undefined
      if (error instanceof FetchError && error.status === 401) {
        await deps.keeper.ensure(token(), signal)
      } else deps.onRefused(name, error)
      // An empty answer means: go on. Without it any 4xx would end the stream for good.
      return {}
    },
  })
  const store = batchStore(deps, { name, fromStart: cursor === undefined, signal })
  let storing = Promise.resolve()

  /** One batch after the other; what follows a batch that was not stored is not stored either. */
  async function keep(batch: Batch): Promise<void> {
    if (signal.aborted) return
    await store(batch)
    if (hasControl(batch.messages, 'up-to-date')) input.onUpToDate()
  }

  stream.subscribe(
    async (messages) => {
      if (signal.aborted) return
      const { shapeHandle, lastOffset } = stream
      const before = storing
      storing = before.then(() => keep({ messages, handle: shapeHandle ?? '', offset: lastOffset }))
      // What was not stored must be fetched again: the stream may not go on from here.
      storing.catch((error: unknown) => {
        if (!signal.aborted) input.onBroken(error)
      })
      // While the ledger's thread stores this batch, the stream may parse the next, and no more.
      await before.catch(() => undefined)
    },
    (error) => {
      if (!signal.aborted) input.onBroken(error)
    },
  )
}

type Batch = {
  readonly messages: readonly Message<ShapeRow>[]
  readonly handle: string
  readonly offset: string
}

type BatchStore = {
  readonly name: StationShape
  readonly fromStart: boolean
  readonly signal: AbortSignal
}

/** Stores batches in pieces; the cursor moves with the last piece only. */
function batchStore(
  { ledger, clock, onOps }: FollowerDeps,
  { name, fromStart, signal }: BatchStore,
): (batch: Batch) => Promise<void> {
  const schemaHash = schemaHashOf(name)
  let startsSnapshot = fromStart
  let saved = { handle: '', offset: '', at: -quietWriteMs }

  return async ({ messages, handle, offset }) => {
    if (hasControl(messages, 'must-refetch')) {
      startsSnapshot = true
      return
    }
    const upToDate = hasControl(messages, 'up-to-date')
    const same = saved.handle === handle && saved.offset === offset
    const quiet = messages.every((message) => !isChangeMessage(message))
    if (quiet && same && clock.mono() - saved.at < quietWriteMs) return
    let changes = readChanges(name, messages.slice(0, messagesPerPiece))
    for (let start = 0; start === 0 || start < messages.length; start += messagesPerPiece) {
      // Another stream has begun from the saved cursor: the rest is its to store.
      if (signal.aborted) return
      const end = start + messagesPerPiece
      const last = end >= messages.length
      const stored = ledger.run('follow.apply', {
        ...{ name, handle, offset, schemaHash, changes },
        piece: { startsSnapshot: startsSnapshot && start === 0, last, upToDate },
      })
      // The next piece is parsed while the ledger's thread stores this one.
      changes = readChanges(name, messages.slice(end, end + messagesPerPiece))
      if ((await stored).ops > 0) onOps()
    }
    startsSnapshot = false
    saved = { handle, offset, at: clock.mono() }
  }
}

/** Live requests are watched by the client itself; every other answer has a deadline here. */
function withDeadline(ask: typeof fetch): typeof fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (new URL(url).searchParams.get('live') === 'true') return ask(input, init)
    const signals = [AbortSignal.timeout(answerDeadline), init?.signal ?? []].flat()
    return ask(input, { ...init, signal: AbortSignal.any(signals) })
  }
}
