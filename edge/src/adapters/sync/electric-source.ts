import type { Clock } from '@baari/shared/runtime/clock'
import { seconds, type Millis } from '@baari/shared/units/time'
import { FetchError, ShapeStream, type Offset } from '@electric-sql/client'
import type { Session } from '../../ports/cloud-line.ts'
import type { OpenShape, ShapeSource } from '../../ports/shape-source.ts'
import { hasControl, readChanges, type ShapeRow } from './shape-rows.ts'

export type SourceDeps = {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly keeper: {
    current(): Session | undefined
    ensure(stale: string | undefined, signal: AbortSignal): Promise<Session | undefined>
  }
}

const answerDeadline = seconds(60)
/** Until the stream asks again: for a session, and after an answer no retry can better. */
const withoutSession = seconds(30)
const afterRefusal = seconds(5)

/** Shapes by the published client of the Electric protocol. */
export function electricSource(deps: SourceDeps): ShapeSource {
  return { open: (input) => openStream(deps, input) }
}

function openStream(deps: SourceDeps, input: OpenShape): void {
  const { name, cursor, signal, onBatch, onRefused } = input
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
        const session = await deps.keeper.ensure(token(), signal)
        // A fenced node gets none: without a pause the stream would ask again at once, for ever.
        if (session === undefined) await pause(deps.clock, withoutSession, signal)
      } else {
        onRefused(error)
        await pause(deps.clock, afterRefusal, signal)
      }
      // An empty answer means: go on. Without it any 4xx would end the stream for good.
      return {}
    },
  })
  stream.subscribe(
    (messages) =>
      onBatch({
        changes: readChanges(name, messages),
        mustRefetch: hasControl(messages, 'must-refetch'),
        upToDate: hasControl(messages, 'up-to-date'),
        handle: stream.shapeHandle ?? '',
        offset: stream.lastOffset,
      }),
    (error) => {
      if (!signal.aborted) input.onEnded(error)
    },
  )
}

/** Resolves after a while, or when the stream ends. */
function pause(clock: Clock, by: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after('shape pause', by, resolve)
    const end = (): void => {
      cancel()
      resolve()
    }
    signal.addEventListener('abort', end, { once: true })
  })
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
