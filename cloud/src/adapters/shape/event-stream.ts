import { millis, monoAfter, monoElapsed, seconds, type Millis } from '@baari/shared/units/time'
import { mustRefetchMessage, upToDate } from './messages.ts'
import { nextPage, type NextPage, type ServeDeps } from './serve-shape.ts'
import type { ServedShape } from './served-shape.ts'

export type EventStreamDeps = ServeDeps & {
  /** A stream ends after this long, so that whoever it belongs to is asked again. */
  readonly streamFor: Millis
  readonly onFault: (error: unknown) => void
}

export type EventStreamInput = {
  readonly shape: ServedShape
  readonly from: number
  readonly signal: AbortSignal
}

/** Proxies close what is silent for thirty seconds. */
const keepAliveEvery: Millis = seconds(21)
const utf8 = new TextEncoder()

/**
 * The log from `from` on as server-sent events: each message as it is, up-to-date after each batch
 * (sync.md 6.5). It reads on only when the client has taken what it got.
 */
export function eventStream(
  deps: EventStreamDeps,
  { shape, from, signal }: EventStreamInput,
): ReadableStream<Uint8Array> {
  const { clock } = deps
  const left = new AbortController()
  const until = monoAfter(clock.mono(), deps.streamFor)
  const ended = AbortSignal.any([signal, left.signal])
  let position = from
  let cancelKeepAlive = (): void => undefined

  function keepAlive(controller: ReadableStreamDefaultController<Uint8Array>): void {
    cancelKeepAlive = clock.after('shape keep-alive', keepAliveEvery, () => {
      if (ended.aborted) return
      controller.enqueue(utf8.encode(': keep-alive\n\n'))
      keepAlive(controller)
    })
  }

  function end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    cancelKeepAlive()
    if (!left.signal.aborted) controller.close()
    left.abort()
  }

  return new ReadableStream<Uint8Array>({
    start: keepAlive,
    async pull(controller) {
      const next = await nextPage(deps, { shape, from: position, until, signal: ended }).catch(
        (error: unknown): NextPage => {
          deps.onFault(error)
          return { kind: 'aborted' }
        },
      )
      if (left.signal.aborted) return
      const text = eventsOf(next)
      if (text !== '') controller.enqueue(utf8.encode(text))
      if (next.kind === 'page') position = next.page.seq
      const timeIsUp = millis(monoElapsed(clock.mono(), until)) <= 0
      if (next.kind !== 'page' || timeIsUp) end(controller)
    },
    cancel() {
      cancelKeepAlive()
      left.abort()
    },
  })
}

function eventsOf(next: NextPage): string {
  if (next.kind === 'gone') return event(mustRefetchMessage)
  if (next.kind === 'aborted' || next.page.messages.length === 0) return ''
  const { messages, seq, atEnd } = next.page
  return [...messages, ...(atEnd ? [upToDate(seq)] : [])].map(event).join('')
}

function event(message: string): string {
  return `data: ${message}\n\n`
}
