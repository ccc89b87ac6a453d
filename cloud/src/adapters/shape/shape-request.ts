import { err, ok, type Result } from '@baari/shared/faults/result'
import { parseOffset, type Offset } from './offset.ts'

/** The protocol's own part of a request; what the shape is comes from the gatekeeper. */
export type ShapeRequest = {
  readonly offset: Offset
  readonly offsetText: string
  readonly handle: string | undefined
  /** `poll` is held until something changes, `stream` stays open for server-sent events. */
  readonly live: 'no' | 'poll' | 'stream'
  readonly cursor: string | undefined
}

/** Field → what is wrong with it, in the words clients of the protocol know (sync.md 6.2). */
export type RequestErrors = {
  readonly [field: string]: readonly string[] | Readonly<Record<string, readonly string[]>>
}

export function parseShapeRequest(query: URLSearchParams): Result<ShapeRequest, RequestErrors> {
  const offsetText = query.get('offset') ?? ''
  const offset = parseOffset(offsetText)
  if (offset === undefined) {
    return err({ offset: [offsetText === '' ? "can't be blank" : 'has invalid format'] })
  }
  const live = liveOf(query, offset)
  if (!live.ok) return live
  const cursor = query.get('cursor') ?? undefined
  const handle = query.get('handle') ?? ''
  if (isFresh(offset))
    return ok({ offset, offsetText, handle: undefined, live: live.value, cursor })
  if (handle === '') return err({ handle: ["can't be blank when offset != -1"] })
  return ok({ offset, offsetText, handle, live: live.value, cursor })
}

/** An offset that asks for the current handle, whatever handle is named. */
function isFresh({ kind }: Offset): boolean {
  return kind === 'start' || kind === 'now'
}

function liveOf(
  query: URLSearchParams,
  offset: Offset,
): Result<ShapeRequest['live'], RequestErrors> {
  const live = flag(query, ['live'])
  if (live && isFresh(offset)) {
    const where = offset.kind === 'now' ? "offset is 'now'" : 'offset == -1'
    return err({ live: [`can't be true when ${where}`] })
  }
  const sse = flag(query, ['live_sse', 'experimental_live_sse'])
  if (sse && !live) return err({ live_sse: ["can't be true unless live is also true"] })
  return ok(sse ? 'stream' : live ? 'poll' : 'no')
}

/** A flag that is named without a value is set; the first name that is there counts. */
function flag(query: URLSearchParams, names: readonly string[]): boolean {
  const name = names.find((one) => query.has(one))
  return name !== undefined && query.get(name) !== 'false'
}
