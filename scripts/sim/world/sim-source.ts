import { readChanges } from '@baari/edge/adapters/sync/shape-rows'
import type { SessionKeeper } from '@baari/edge/app/sync/session-keeper'
import type { ExchangeAnswer } from '@baari/edge/ports/cloud-line'
import type { OpenShape, ShapeSource } from '@baari/edge/ports/shape-source'
import { pause, type Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import type { CloudDoor } from './cloud-door.ts'
import type { FeedAnswer, FeedMessage, ShapeFeed } from './shape-feed.ts'
import type { ProcessWire } from './wire.ts'

export type SourceParts = {
  readonly wire: ProcessWire
  readonly door: CloudDoor
  readonly feed: ShapeFeed
  readonly keeper: SessionKeeper
  readonly clock: Clock
  /** The uplink was told that a newer process speaks for the station. */
  readonly fenced: () => boolean
}

/** A real hold is 20 s; here only news and the watchdog of the follower matter. */
const holdMs = 10_800_000
const deadlineMs = 45_000
/** As the published client. */
const longestWaitMs = 32_000

type Place = { handle: string | undefined; offset: string; live: boolean }

/**
 * Shapes from the feed over the faulty wire, as the published client asks for them: it retries for
 * ever, renews a refused session, and waits for its subscriber.
 */
export function simSource(parts: SourceParts): ShapeSource {
  return { open: (input) => void follow(parts, input) }
}

async function follow(parts: SourceParts, input: OpenShape): Promise<void> {
  const { cursor, signal } = input
  const place: Place = { handle: cursor?.handle, offset: cursor?.offset ?? '-1', live: false }
  let failures = 0
  while (!signal.aborted) {
    const answer = await ask(parts, input, place)
    if (signal.aborted) return
    if (answer.ok) {
      failures = 0
      await deliver(input, place, answer.value)
      continue
    }
    failures += 1
    place.live = false
    if (answer.no.kind === 'unauthorised') {
      const stale = parts.keeper.current()?.token
      await parts.keeper.ensure(stale, signal)
      // A fenced node is given no session: each try until a person opens it is the same as the last.
      if (parts.fenced()) await sessionOpened(parts.keeper, signal)
    }
    // Tries on a line that is down for hours show nothing: the next one comes when it is up.
    if (parts.wire.isDead()) await lineUp(parts.wire, signal)
    const delay = millis(Math.min(longestWaitMs, 500 * 2 ** failures))
    await pause(parts.clock, { name: `shape ${input.name} retry`, delay, signal })
  }
}

function sessionOpened(keeper: SessionKeeper, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      forget()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const forget = keeper.onOpened(done)
    if (signal.aborted) done()
    else signal.addEventListener('abort', done)
  })
}

function lineUp(wire: ProcessWire, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    wire.onUp(resolve)
    signal.addEventListener('abort', () => resolve())
  })
}

/** A live request is held until there is news, or for a time. */
async function ask(
  { wire, door, feed, keeper }: SourceParts,
  { name, signal }: OpenShape,
  { handle, offset, live }: Place,
): Promise<ExchangeAnswer<FeedAnswer>> {
  const session = keeper.current() ?? (await keeper.ensure(undefined, signal))
  const token = session?.token ?? ''
  const serve = async (): Promise<ExchangeAnswer<FeedAnswer>> => {
    const station = await door.stationOf(token)
    if (station === undefined) return { ok: false, no: { kind: 'unauthorised' } }
    const value = feed.ask({ station, name, offset, handle })
    return { ok: true, value }
  }
  if (live && session !== undefined) await newsOf(feed, wire, { name, session, signal })
  return wire.exchange({ what: `shape ${name}`, serve, deadlineMs, signal })
}

type Waiting = Pick<OpenShape, 'name' | 'signal'> & { readonly session: { station: number } }

function newsOf(
  feed: ShapeFeed,
  wire: ProcessWire,
  { name, session, signal }: Waiting,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancelTimer()
      cancelNews()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancelTimer = wire.later(`hold ${name}`, holdMs, done)
    const cancelNews = feed.onNews(session.station, name, () => {
      // Woken inside a commit: what follows must not run there.
      wire.later(`news ${name}`, 10, done)
    })
    signal.addEventListener('abort', done)
  })
}

async function deliver(input: OpenShape, place: Place, answer: FeedAnswer): Promise<void> {
  const { name, onBatch } = input
  if (answer.kind === 'must-refetch') {
    place.handle = answer.handle
    place.offset = '-1'
    place.live = false
    const none = { changes: [], upToDate: false, mustRefetch: true }
    await onBatch({ ...none, handle: answer.handle, offset: '-1' })
    return
  }
  const { handle, offset, messages, upToDate } = answer
  place.handle = handle
  place.offset = offset
  place.live = upToDate
  const changes = readChanges(name, messages.map(asMessage))
  await onBatch({ changes, upToDate, mustRefetch: false, handle, offset })
}

type ShapeMessage = Parameters<typeof readChanges>[1][number]

function asMessage({ operation, value }: FeedMessage): ShapeMessage {
  return { key: '', value, headers: { operation } }
}
