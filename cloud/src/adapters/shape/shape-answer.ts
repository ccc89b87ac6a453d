import type { Prng } from '@baari/shared/runtime/chance'
import type { Context } from 'hono'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { eventStream, type EventStreamDeps } from './event-stream.ts'
import { mustRefetch } from './messages.ts'
import { neverKept, nextCursor, schemaHeader, type CacheControls } from './response-headers.ts'
import { offsetIn, type ShapeAnswer } from './serve-shape.ts'
import type { RequestErrors, ShapeRequest } from './shape-request.ts'
import type { ServedShape } from './served-shape.ts'

export type AnswerDeps = EventStreamDeps & {
  readonly cache: CacheControls
  readonly prng: Prng
}

const pack = promisify(gzip)
const unpack = promisify(gunzip)
/** Below this, packing costs more than it saves. */
const packFromBytes = 1_400
/** The log is packed for one reader at a time: fast rather than small. */
const packFast = { level: 1 }

export type Respond = { readonly request: ShapeRequest; readonly answer: ShapeAnswer }

/** Writes an answer as HTTP: its headers are what a client goes on from (sync.md 6.3). */
export async function respond(c: Context, deps: AnswerDeps, input: Respond): Promise<Response> {
  const { answer } = input
  switch (answer.kind) {
    case 'aborted':
      // A caller who went away hears nothing; one whom we let go, because we stop, comes back later.
      return later(c, 'This server is stopping', deps)
    case 'refetch':
      return refetchAnswer(c, deps, answer.handle)
    case 'stream':
      return streamAnswer(c, deps, { ...input, answer })
    case 'chunk':
    case 'log': {
      const headers = headersOf(deps, { ...input, answer })
      if (noneMatch(c, headers['etag'] ?? '')) return new Response(null, { status: 304, headers })
      return body(c, headers, answer)
    }
  }
}

function noneMatch(c: Context, etag: string): boolean {
  const given = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim())
  return given.includes(etag)
}

type Served = Extract<ShapeAnswer, { kind: 'chunk' | 'log' }>
type Headers = Record<string, string>

function headersOf(
  deps: AnswerDeps,
  { request, answer }: { readonly request: ShapeRequest; readonly answer: Served },
): Headers {
  const { shape, offset } = answer
  const same = answer.kind === 'log' && !answer.hasData
  const cursor = nextCursor(deps.clock.now(), request.cursor, deps.prng.next)
  // Nothing changed must not look unchanged to a cache: the client would ask again at once.
  const suffix = same ? `:${deps.clock.now()}` : ''
  return {
    'content-type': 'application/json',
    'electric-handle': shape.handle,
    'electric-offset': offset,
    'electric-has-data': String(!same),
    etag: `"${shape.handle}:${request.offsetText}:${offset}${suffix}"`,
    'cache-control': cacheOf(deps, { request, answer }),
    vary: 'authorization, accept-encoding',
    ...(answer.kind === 'log' && answer.upToDate ? { 'electric-up-to-date': '' } : {}),
    ...(request.live === 'no' ? schemaOf(shape) : { 'electric-cursor': cursor }),
  }
}

export function schemaOf({ gated, table }: ServedShape): Headers {
  return { 'electric-schema': schemaHeader(gated.definition, table) }
}

function cacheOf(
  { cache }: AnswerDeps,
  { request, answer }: { readonly request: ShapeRequest; readonly answer: Served },
): string {
  if (request.live !== 'no') return cache.live
  if (answer.kind === 'chunk' && answer.first) return cache.snapshotStart
  return cache.catchUp
}

async function body(c: Context, headers: Headers, answer: Served): Promise<Response> {
  const packs = (c.req.header('accept-encoding') ?? '').includes('gzip')
  if (answer.kind === 'chunk') {
    const bytes = packs ? answer.packed : await unpack(answer.packed)
    return send(bytes, headers, packs)
  }
  const text = listOf(answer.messages)
  const worth = packs && text.length >= packFromBytes
  return send(worth ? await pack(text, packFast) : text, headers, worth)
}

/** Messages as a JSON array. Joined first, a megabyte of text would be made only to be copied. */
function listOf(messages: readonly string[]): Buffer {
  const size = messages.reduce((sum, message) => sum + Buffer.byteLength(message) + 1, 1)
  const bytes = Buffer.allocUnsafe(Math.max(size, 2))
  let end = bytes.write('[')
  for (const [index, message] of messages.entries()) {
    if (index > 0) end += bytes.write(',', end)
    end += bytes.write(message, end)
  }
  bytes.write(']', end)
  return bytes
}

function send(bytes: Buffer, headers: Headers, packed: boolean): Response {
  const encoding = packed ? { 'content-encoding': 'gzip' } : {}
  return new Response(new Uint8Array(bytes), { headers: { ...headers, ...encoding } })
}

type Stream = {
  readonly request: ShapeRequest
  readonly answer: Extract<ShapeAnswer, { kind: 'stream' }>
}

/** The headers go out at once; the offset is where the stream begins, not where it will end. */
function streamAnswer(c: Context, deps: AnswerDeps, { request, answer }: Stream): Response {
  const { shape, from } = answer
  return new Response(eventStream(deps, { shape, from, signal: c.req.raw.signal }), {
    headers: {
      'content-type': 'text/event-stream',
      'electric-handle': shape.handle,
      'electric-offset': offsetIn(shape, from),
      'electric-cursor': nextCursor(deps.clock.now(), request.cursor, deps.prng.next),
      'cache-control': deps.cache.stream,
      'x-accel-buffering': 'no',
      vary: 'authorization',
    },
  })
}

export function refetchAnswer(
  c: Context,
  { cache }: Pick<AnswerDeps, 'cache'>,
  handle: string | undefined,
): Response {
  return c.body(mustRefetch, 409, {
    'content-type': 'application/json',
    'cache-control': handle === undefined ? cache.refetchUnknown : cache.refetch,
    ...(handle === undefined ? {} : { 'electric-handle': handle }),
  })
}

export function invalid(c: Context, errors: RequestErrors): Response {
  return c.json({ message: 'Invalid request', errors }, 400, neverKept)
}

export function later(c: Context, message: string, { prng }: Pick<AnswerDeps, 'prng'>): Response {
  const retryAfterS = 2 + Math.floor(prng.next() * 5)
  return c.json({ message }, 503, { ...neverKept, 'retry-after': String(retryAfterS) })
}
