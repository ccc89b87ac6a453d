import { err, ok, type Result } from '@baari/shared/faults/result'
import { parseOffset, type Offset } from './offset.ts'

/** The protocol's own part of a request; what the shape is comes from the gatekeeper. */
export type ShapeRequest = {
  readonly offset: Offset
  readonly offsetText: string
  readonly handle: string | undefined
  readonly live: boolean
  readonly cursor: string | undefined
}

/** Field → what is wrong with it, in the words clients of the protocol know (sync.md 6.2). */
export type RequestErrors = Readonly<Record<string, readonly string[]>>

export function parseShapeRequest(query: URLSearchParams): Result<ShapeRequest, RequestErrors> {
  const offsetText = query.get('offset') ?? ''
  const offset = parseOffset(offsetText)
  if (offset === undefined) {
    return err({ offset: [offsetText === '' ? "can't be blank" : 'has invalid format'] })
  }
  const live = liveOf(query)
  if (!live.ok) return live
  const handle = query.get('handle') ?? undefined
  const cursor = query.get('cursor') ?? undefined
  if (offset.kind === 'start' || offset.kind === 'now') {
    if (live.value) return err({ live: [`can't be true when offset == ${offsetText}`] })
    return ok({ offset, offsetText, handle: undefined, live: false, cursor })
  }
  if (handle === undefined) return err({ handle: ["can't be blank when offset != -1"] })
  return ok({ offset, offsetText, handle, live: live.value, cursor })
}

/** Server-sent events are asked for in either of two words; stations take the long poll. */
function liveOf(query: URLSearchParams): Result<boolean, RequestErrors> {
  const sse = query.get('live_sse') ?? query.get('experimental_live_sse')
  if (sse === 'true') return err({ live_sse: ['is not served here'] })
  const text = query.get('live') ?? 'false'
  return text === 'true' || text === 'false' ? ok(text === 'true') : err({ live: ['is invalid'] })
}
