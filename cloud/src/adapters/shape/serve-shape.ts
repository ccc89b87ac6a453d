import type { Clock } from '@baari/shared/runtime/clock'
import { millis, monoAfter, monoElapsed, type Millis } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { ChangeHub } from './change-hub.ts'
import { upToDate } from './messages.ts'
import { chunkOffset, logOffset, snapshotEnd } from './offset.ts'
import { readLog, type LogPage, type LogPosition } from './shape-log.ts'
import type { ShapeRequest } from './shape-request.ts'
import type { ServedShape, ShapeStore } from './shape-store.ts'
import type { GatedShape } from './station-gate.ts'
import type { CapturedTable } from './table-catalog.ts'

export type ServeDeps = {
  readonly pool: Pool
  readonly store: ShapeStore
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
  /** Start anew, under this handle when one could be made. */
  | { readonly kind: 'refetch'; readonly handle: string | undefined }
  | { readonly kind: 'aborted' }

export type Serve = {
  readonly gated: GatedShape
  readonly table: CapturedTable
  readonly request: ShapeRequest
  readonly signal: AbortSignal
}

/** Answers one request of the shape protocol (sync.md 6.5). */
export async function serveShape(deps: ServeDeps, serve: Serve): Promise<ShapeAnswer> {
  const { gated, table, request } = serve
  const { offset, handle } = request
  if (offset.kind === 'start') return firstChunk(deps, serve)
  const shape =
    handle === undefined
      ? await deps.store.current(gated, table)
      : await deps.store.byHandle(gated, table, handle)
  if (shape === undefined) return refetch(deps, serve)
  if (offset.kind === 'chunk' && offset.n + 1 < shape.chunks && !request.live) {
    const packed = await deps.store.chunk(shape.handle, offset.n + 1)
    if (packed === undefined) return refetch(deps, serve)
    return { kind: 'chunk', shape, packed, offset: chunkOffset(offset.n + 1), first: false }
  }
  if (offset.kind === 'now') return endOfLog(deps, serve, shape)
  const from = offset.kind === 'log' ? offset.seq : shape.baseSeq
  return request.live ? hold(deps, serve, { shape, from }) : catchUp(deps, serve, { shape, from })
}

type Reading = { readonly shape: ServedShape; readonly from: number }

/** Never up-to-date, even when empty, so that it may be cached. */
async function firstChunk(deps: ServeDeps, serve: Serve): Promise<ShapeAnswer> {
  const shape = await deps.store.current(serve.gated, serve.table)
  const packed = await deps.store.chunk(shape.handle, 0)
  if (packed === undefined) return refetch(deps, serve)
  return { kind: 'chunk', shape, packed, offset: chunkOffset(0), first: true }
}

async function catchUp(deps: ServeDeps, serve: Serve, reading: Reading): Promise<ShapeAnswer> {
  const read = await readFrom(deps, reading)
  return read.kind === 'gone' ? refetch(deps, serve) : logAnswer(reading.shape, read.page)
}

async function endOfLog(deps: ServeDeps, serve: Serve, shape: ServedShape): Promise<ShapeAnswer> {
  let from = shape.baseSeq
  for (;;) {
    const read = await readFrom(deps, { shape, from })
    if (read.kind === 'gone') return refetch(deps, serve)
    if (read.page.atEnd) return logAnswer(shape, { ...read.page, messages: [] })
    from = read.page.seq
  }
}

/**
 * Holds the request until something of this shape changes. What was read before a wait is told to
 * the hub, so a commit in between is not lost; a change that does not touch the shape only moves
 * on the place to read from.
 */
async function hold(deps: ServeDeps, serve: Serve, { shape, from }: Reading): Promise<ShapeAnswer> {
  const { clock, hub, holdFor } = deps
  const end = monoAfter(clock.mono(), holdFor)
  let position = from
  for (;;) {
    const read = await readFrom(deps, { shape, from: position })
    if (read.kind === 'gone') return refetch(deps, serve)
    const { page } = read
    const left = millis(monoElapsed(clock.mono(), end))
    if (page.messages.length > 0 || left <= 0) return logAnswer(shape, page)
    position = page.seq
    if (!page.atEnd) continue
    const place = { part: shape.part, rel: shape.table.rel }
    const wait = { read: page, deadline: left, signal: serve.signal }
    if ((await hub.wait(place, wait)) === 'aborted') return { kind: 'aborted' }
  }
}

function readFrom({ pool, chunkBytes }: ServeDeps, { shape, from }: Reading): Promise<LogPosition> {
  return readLog(pool, shape, { from, chunkBytes })
}

function logAnswer(shape: ServedShape, { messages, seq, atEnd }: LogPage): ShapeAnswer {
  return {
    kind: 'log',
    shape,
    messages: atEnd ? [...messages, upToDate(seq)] : messages,
    offset: seq > shape.baseSeq ? logOffset(seq) : snapshotEnd,
    upToDate: atEnd,
    hasData: messages.length > 0,
  }
}

/** The new handle is another than the one asked for: a client never takes back a dead one. */
async function refetch(
  { store }: ServeDeps,
  { gated, table, request }: Serve,
): Promise<ShapeAnswer> {
  try {
    const shape = await store.current(gated, table, request.handle)
    return { kind: 'refetch', handle: shape.handle }
  } catch {
    return { kind: 'refetch', handle: undefined }
  }
}
