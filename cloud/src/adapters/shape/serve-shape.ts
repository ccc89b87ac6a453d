import type { Clock } from '@baari/shared/runtime/clock'
import { millis, monoAfter, monoElapsed, type Millis, type Mono } from '@baari/shared/units/time'
import type { ChangeHub } from './change-hub.ts'
import { upToDate } from './messages.ts'
import { chunkOffset, logOffset, snapshotEnd } from './offset.ts'
import type { LogPage, LogReader } from './shape-log.ts'
import type { ShapeRequest } from './shape-request.ts'
import type { AskedShape, ServedShape } from './served-shape.ts'
import type { ShapeStore } from './shape-store.ts'

export type ServeDeps = {
  readonly store: ShapeStore
  readonly readLog: LogReader
  readonly hub: ChangeHub
  readonly clock: Clock
  readonly chunkBytes: number
  readonly holdFor: Millis
}

export type ShapeAnswer =
  | {
      readonly kind: 'chunk'
      readonly shape: ServedShape
      /** A JSON array packed by gzip. */
      readonly packed: Buffer
      readonly offset: string
      readonly first: boolean
    }
  | {
      readonly kind: 'log'
      readonly shape: ServedShape
      readonly messages: readonly string[]
      readonly offset: string
      readonly upToDate: boolean
      readonly hasData: boolean
    }
  /** Server-sent events from here on. */
  | { readonly kind: 'stream'; readonly shape: ServedShape; readonly from: number }
  /** Start anew, under this handle when one could be made. */
  | { readonly kind: 'refetch'; readonly handle: string | undefined }
  | { readonly kind: 'aborted' }

export type Serve = {
  readonly asked: AskedShape
  readonly request: ShapeRequest
  readonly signal: AbortSignal
}

/** Answers one request of the shape protocol (sync.md 6.5). */
export async function serveShape(deps: ServeDeps, serve: Serve): Promise<ShapeAnswer> {
  const { offset } = serve.request
  if (offset.kind === 'start') return firstChunk(deps, serve)
  const shape = await shapeOf(deps.store, serve)
  if (shape === undefined) return refetch(deps, serve)
  if (offset.kind === 'now') return endOfLog(deps, serve, shape)
  if (offset.kind === 'chunk' && offset.n + 1 < shape.chunks) {
    return nextChunk(deps, serve, { shape, n: offset.n + 1 })
  }
  const from = offset.kind === 'log' ? offset.seq : shape.baseSeq
  switch (serve.request.live) {
    case 'no':
      return catchUp(deps, serve, { shape, from })
    case 'poll':
      return hold(deps, serve, { shape, from })
    case 'stream':
      return openStream(deps, serve, { shape, from })
  }
}

/** The handle's shape, or without a handle the current one; undefined when it no longer stands. */
export function shapeOf(
  store: ShapeStore,
  { asked, request: { handle, offset } }: Serve,
): Promise<ServedShape | undefined> {
  if (handle === undefined) return store.current(asked)
  return offset.kind === 'log' ? store.forLog(asked, handle) : store.byHandle(asked, handle)
}

type Reading = { readonly shape: ServedShape; readonly from: number }

/** Never up-to-date, even when empty, so that it may be cached. */
async function firstChunk(deps: ServeDeps, serve: Serve): Promise<ShapeAnswer> {
  const shape = await deps.store.current(serve.asked)
  const packed = await deps.store.chunk(shape.handle, 0)
  if (packed === undefined) return refetch(deps, serve)
  return { kind: 'chunk', shape, packed, offset: chunkOffset(0), first: true }
}

type Chunk = { readonly shape: ServedShape; readonly n: number }

async function nextChunk(deps: ServeDeps, serve: Serve, { shape, n }: Chunk): Promise<ShapeAnswer> {
  const packed = await deps.store.chunk(shape.handle, n)
  if (packed === undefined) return refetch(deps, serve)
  return { kind: 'chunk', shape, packed, offset: chunkOffset(n), first: false }
}

async function catchUp(deps: ServeDeps, serve: Serve, reading: Reading): Promise<ShapeAnswer> {
  const { shape, from } = reading
  const read = await deps.readLog(shape, { from, chunkBytes: deps.chunkBytes })
  return read.kind === 'gone' ? refetch(deps, serve) : logAnswer(shape, read.page)
}

async function endOfLog(deps: ServeDeps, serve: Serve, shape: ServedShape): Promise<ShapeAnswer> {
  const seq = await deps.hub.end({ part: shape.gated.part, rel: shape.table.rel })
  const from = Math.max(seq, shape.baseSeq)
  const read = await deps.readLog(shape, { from, chunkBytes: 1 })
  if (read.kind === 'gone') return refetch(deps, serve)
  return logAnswer(shape, { messages: [], seq: from, control: 0, atEnd: true })
}

/** A stream that could not even begin is refused while a status can still be sent. */
async function openStream(deps: ServeDeps, serve: Serve, reading: Reading): Promise<ShapeAnswer> {
  const read = await deps.readLog(reading.shape, { from: reading.from, chunkBytes: 1 })
  return read.kind === 'gone' ? refetch(deps, serve) : { kind: 'stream', ...reading }
}

/** Holds the request until something of this shape changes. */
async function hold(deps: ServeDeps, serve: Serve, { shape, from }: Reading): Promise<ShapeAnswer> {
  const until = monoAfter(deps.clock.mono(), deps.holdFor)
  const next = await nextPage(deps, { shape, from, until, signal: serve.signal })
  switch (next.kind) {
    case 'gone':
      return refetch(deps, serve)
    case 'aborted':
      return { kind: 'aborted' }
    case 'page':
      return logAnswer(shape, next.page)
  }
}

export type Await = {
  readonly shape: ServedShape
  readonly from: number
  readonly until: Mono
  readonly signal: AbortSignal
}

export type NextPage =
  | { readonly kind: 'page'; readonly page: LogPage }
  | { readonly kind: 'gone' }
  | { readonly kind: 'aborted' }

/**
 * The next page that holds a message, or an empty one when time is up. What was read before a wait
 * is told to the hub, so a commit in between is not lost; a change that does not touch the shape
 * only moves on the place to read from.
 */
export async function nextPage(
  deps: ServeDeps,
  { shape, from, until, signal }: Await,
): Promise<NextPage> {
  const { clock, hub, readLog, chunkBytes } = deps
  const place = { part: shape.gated.part, rel: shape.table.rel }
  let position = from
  for (;;) {
    const read = await readLog(shape, { from: position, chunkBytes })
    if (read.kind === 'gone') return read
    const { page } = read
    const left = millis(monoElapsed(clock.mono(), until))
    if (page.messages.length > 0 || left <= 0) return read
    position = page.seq
    if (!page.atEnd) continue
    if ((await hub.wait(place, { read: page, deadline: left, signal })) === 'aborted') {
      return { kind: 'aborted' }
    }
  }
}

function logAnswer(shape: ServedShape, { messages, seq, atEnd }: LogPage): ShapeAnswer {
  return {
    kind: 'log',
    shape,
    messages: atEnd ? [...messages, upToDate(seq)] : messages,
    offset: offsetIn(shape, seq),
    upToDate: atEnd,
    hasData: messages.length > 0,
  }
}

export function offsetIn({ baseSeq }: ServedShape, seq: number): string {
  return seq > baseSeq ? logOffset(seq) : snapshotEnd
}

/** The new handle is another than the one asked for: a client never takes back a dead one. */
export async function refetch(
  { store }: Pick<ServeDeps, 'store'>,
  { asked, request }: Serve,
): Promise<ShapeAnswer & { readonly kind: 'refetch' }> {
  try {
    const shape = await store.current(asked, request.handle)
    return { kind: 'refetch', handle: shape.handle }
  } catch {
    return { kind: 'refetch', handle: undefined }
  }
}
