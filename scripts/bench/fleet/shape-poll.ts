import { request, type Agent, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type PollDeps = {
  readonly cloud: string
  readonly agent: Agent
  readonly token: () => string
  readonly signal: AbortSignal
  /** Ids of the bookings that came down. */
  readonly onBookings: (ids: readonly string[]) => void
  /** An answer to come back later, or none; the poll goes on. */
  readonly onRefused: () => void
  readonly onFailed: (reason: string) => void
}

export type ShapePoll = {
  /** Reads from the start of the shape to its first up-to-date. */
  snapshot(): Promise<void>
  /** Waits for changes until the signal aborts. */
  follow(): Promise<void>
}

type Place = { readonly handle: string; readonly offset: string; readonly cursor: string }

const start: Place = { handle: '', offset: '-1', cursor: '' }
const afterFailureMs = 1_000
const answerWithinMs = 45_000

/** The requests of a station that follows its bookings, without a store behind them. */
export function shapePoll(deps: PollDeps): ShapePoll {
  let place = start

  /** One request; true when it ended in up-to-date. */
  async function ask(live: boolean): Promise<boolean> {
    const { status, headers, text } = await get(deps, addressOf(deps.cloud, place, live))
    if (status === 409) place = start
    else if (status === 503) {
      deps.onRefused()
      await sleep(Number(headers['retry-after'] ?? 1) * 1_000)
    } else if (status !== 200) throw new Error(`a shape was answered ${status}: ${text}`)
    else {
      place = placeAfter(headers, place)
      deps.onBookings(bookingsOf(text))
    }
    return headers['electric-up-to-date'] !== undefined
  }

  async function askSafely(live: boolean): Promise<boolean> {
    try {
      return await ask(live)
    } catch (error) {
      if (deps.signal.aborted) return false
      deps.onFailed(String(error))
      await sleep(afterFailureMs)
      return false
    }
  }

  return {
    async snapshot() {
      while (!deps.signal.aborted && !(await askSafely(false))) continue
    },
    async follow() {
      while (!deps.signal.aborted) await askSafely(place !== start)
    },
  }
}

function addressOf(cloud: string, { handle, offset, cursor }: Place, live: boolean): URL {
  const url = new URL('/v1/shape', cloud)
  url.searchParams.set('table', 'booking')
  url.searchParams.set('offset', offset)
  if (handle !== '') url.searchParams.set('handle', handle)
  if (live) url.searchParams.set('live', 'true')
  if (live && cursor !== '') url.searchParams.set('cursor', cursor)
  return url
}

function placeAfter(headers: IncomingHttpHeaders, before: Place): Place {
  const named = (name: string, otherwise: string): string => String(headers[name] ?? otherwise)
  return {
    handle: named('electric-handle', before.handle),
    offset: named('electric-offset', before.offset),
    cursor: named('electric-cursor', before.cursor),
  }
}

type Got = {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** By the plain client: thousands of requests at once by fetch would measure this process. */
function get({ agent, token, signal }: PollDeps, url: URL): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token()}` }
    const sent = request(url, { agent, headers, signal, timeout: answerWithinMs })
    sent.once('timeout', () => sent.destroy(new Error('a shape was not answered')))
    sent.once('error', reject)
    sent.once('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part)).once('error', reject)
      response.once('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({ status: response.statusCode, headers: response.headers, text })
      })
    })
    sent.end()
  })
}

type Message = { readonly value?: { readonly id?: string } }

function bookingsOf(text: string): readonly string[] {
  return (JSON.parse(text) as readonly Message[]).flatMap(({ value }) => value?.id ?? [])
}
