import type { Clock } from '@baari/shared/runtime/clock'
import { seconds, type Millis } from '@baari/shared/units/time'
import { FetchError, ShapeStream, type Offset } from '@electric-sql/client'
import type { Session } from '../../ports/cloud-line.ts'
import type { OpenShape, ShapeSource } from '../../ports/shape-source.ts'
import { hasControl, readChanges, type ShapeRow } from './shape-rows.ts'
import { wholeAnswers } from './whole-answer.ts'

export type SourceDeps = {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly keeper: {
    current(): Session | undefined
    ensure(stale: string | undefined, signal: AbortSignal): Promise<Session | undefined>
    onOpened(call: () => void): () => void
  }
}

const answerDeadline = seconds(60)
/**
 * Until the stream asks again: for a session, unless somebody opens one before, and after an answer
 * no retry can better.
 */
const withoutSession = seconds(30)
const afterRefusal = seconds(5)

/** Shapes by the published client of the Electric protocol. */
export function electricSource(deps: SourceDeps): ShapeSource {
  return { open: (input) => openStream(deps, input) }
}

function openStream(deps: SourceDeps, input: OpenShape): void {
  const { name, cursor, onBatch, onRefused } = input
  const over = new AbortController()
  const signal = AbortSignal.any([input.signal, over.signal])
  const token = (): string | undefined => deps.keeper.current()?.token
  const answers = wholeAnswers(withDeadline(deps.fetch))
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
    fetchClient: answers.fetch,
    onError: async (error) => {
      if (signal.aborted) return undefined
      if (error instanceof FetchError && error.status === 401) {
        const session = await deps.keeper.ensure(token(), signal)
        // A fenced node gets none: without a pause the stream would ask again at once, for ever.
        if (session === undefined) await sessionOpened(deps, signal)
      } else {
        onRefused(error)
        await pause(deps.clock, afterRefusal, signal)
      }
      // An empty answer means: go on. Without it any 4xx would end the stream for good.
      return {}
    },
  })
  const ended = (error: unknown): void => {
    if (signal.aborted) return
    over.abort()
    input.onEnded(error)
  }
  stream.subscribe((delivered) => {
    if (signal.aborted) return undefined
    let changes
    try {
      changes = readChanges(name, answers.messagesOf(delivered))
    } catch (error) {
      // The client believes it has this answer, so it cannot ask again: a new stream has to.
      onRefused(error instanceof Error ? error : new Error(String(error)))
      return ended(error)
    }
    return onBatch({
      changes,
      mustRefetch: hasControl(delivered, 'must-refetch'),
      upToDate: hasControl(delivered, 'up-to-date'),
      handle: stream.shapeHandle ?? '',
      offset: stream.lastOffset,
    })
  }, ended)
}

/** The uplink signs in by its own times, also after it brought two histories together. */
async function sessionOpened({ clock, keeper }: SourceDeps, signal: AbortSignal): Promise<void> {
  const waited = new AbortController()
  const forget = keeper.onOpened(() => waited.abort())
  await pause(clock, withoutSession, AbortSignal.any([signal, waited.signal]))
  forget()
}

/** Resolves after a while, or when the signal says so. */
function pause(clock: Clock, by: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after('shape pause', by, end)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
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
