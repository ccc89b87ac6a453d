import type { Stream } from '@baari/shared/contracts/sync/session'
import { streamOps } from '@baari/shared/contracts/sync/stream-ops'
import type { z } from 'zod'
import { opLine } from '@baari/shared/contracts/sync/uplink'
import type { StationOp, UnreadOp } from '../../domain/sync/station-op.ts'

/** One line of a batch as it was received, with as much of its envelope as could be read. */
export type ReadLine = {
  readonly raw: Uint8Array
  /** Null when the line is no op at all: it stands where it stands. */
  readonly seq: number | null
  readonly kind: string
  readonly entityRef: number | null
  /** Station wall clock, uncorrected. */
  readonly wallMs: number | null
  readonly content: unknown
}

/** Kinds are words; anything else is kept as `?`, so that it fits a column. */
const kindForm = /^[a-z0-9_.]{1,40}$/

type Envelope = Omit<ReadLine, 'raw'>
const noOp: Envelope = { seq: null, kind: '?', entityRef: null, wallMs: null, content: undefined }

/**
 * A line that is parsed when somebody asks what it says, once. A batch that was resent is all
 * lines the cloud has: their bytes are compared by hash and nobody asks.
 */
class BatchLine implements ReadLine {
  readonly raw: Uint8Array
  #read: Envelope | undefined

  constructor(raw: Uint8Array) {
    this.raw = raw
  }

  get seq(): number | null {
    return this.#envelope().seq
  }
  get kind(): string {
    return this.#envelope().kind
  }
  get entityRef(): number | null {
    return this.#envelope().entityRef
  }
  get wallMs(): number | null {
    return this.#envelope().wallMs
  }
  get content(): unknown {
    return this.#envelope().content
  }

  #envelope(): Envelope {
    return (this.#read ??= envelopeOf(this.raw))
  }
}

/** Its body is read by {@link readOp}. Never throws. */
export function readLine(raw: Uint8Array): ReadLine {
  return new BatchLine(raw)
}

function envelopeOf(raw: Uint8Array): Envelope {
  const parsed = opLine.safeParse(parseJson(raw))
  if (!parsed.success) return noOp
  const { s, k, e, t, b } = parsed.data
  return { seq: s, kind: kindForm.test(k) ? k : '?', entityRef: e, wallMs: t, content: b }
}

export type OpPlace = {
  readonly stream: Stream
  readonly seq: number
  /** What the station's clock is corrected by. */
  readonly offsetMs: number
}

/** The typed op of a line, or the reason this cloud cannot read it (the bytes are kept). */
export function readOp(line: ReadLine, { stream, seq, offsetMs }: OpPlace): StationOp | UnreadOp {
  const body = readBody(line, stream)
  if (body === undefined) return { kind: 'unread', seq, reason: 'kind_unknown' }
  if (!body.success || line.wallMs === null) {
    return { kind: 'unread', seq, reason: 'body_unreadable' }
  }
  // Kind and body were parsed by one entry of the table, which the compiler cannot follow.
  return {
    kind: line.kind,
    seq,
    ref: line.entityRef ?? 0,
    atMs: line.wallMs + offsetMs,
    body: body.data,
  } as StationOp
}

type Body = z.ZodSafeParseResult<unknown>

const bodies = new WeakMap<ReadLine, { readonly stream: Stream; readonly body: Body }>()

/** A line's body by the schema of its kind, read once; undefined where the stream has no such kind. */
export function readBody(line: ReadLine, stream: Stream): Body | undefined {
  const known = bodies.get(line)
  if (known?.stream === stream) return known.body
  const body = schemaOf(stream, line.kind)?.safeParse(line.content)
  if (body !== undefined) bodies.set(line, { stream, body })
  return body
}

/** A kind belongs to one stream: in another it is as unknown as one nobody ever heard of. */
function schemaOf(stream: Stream, kind: string): z.ZodType | undefined {
  const schemas: Readonly<Record<string, z.ZodType>> = streamOps[stream]
  return Object.hasOwn(schemas, kind) ? schemas[kind] : undefined
}

const strictText = new TextDecoder('utf-8', { fatal: true })

function parseJson(raw: Uint8Array): unknown {
  try {
    return JSON.parse(strictText.decode(raw))
  } catch {
    return undefined
  }
}
