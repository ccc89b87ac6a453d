import { gunzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'

type About = { readonly first: number; readonly prev_chain: string }
type Hold = {
  readonly asked: () => void
  readonly released: Promise<void>
  readonly when: 'arrived' | 'applied'
}
type Scripted = { readonly status: number; readonly headers?: Record<string, string> }

/**
 * The cloud's side of session and uplink in memory: it keeps the chain honestly and answers
 * anything else only when a test tells it to.
 */
export function scriptedCloud() {
  const batches: { readonly first: number; readonly count: number }[] = []
  const gaps: number[] = []
  const next: Scripted[] = []
  let sessions: Scripted | undefined
  let hold: Hold | undefined
  let requests = 0
  let head: { seq: number; chain: string } | undefined

  async function uplink(init: RequestInit | undefined): Promise<Response> {
    const held = hold
    hold = undefined
    const early = held?.when === 'applied' ? taken(init) : undefined
    if (held !== undefined) {
      held.asked()
      await Promise.race([held.released, aborted(init?.signal)])
      init?.signal?.throwIfAborted()
    }
    return early ?? taken(init)
  }

  function taken(init: RequestInit | undefined): Response {
    const scripted = next.shift()
    if (scripted !== undefined) return answer(scripted)
    const lines = gunzipSync(init?.body as Uint8Array)
      .toString('utf8')
      .trimEnd()
      .split('\n')
    const about = JSON.parse(lines.shift() ?? '') as About
    const expected = (head?.seq ?? 0) + 1
    if (about.first <= expected) return json(applied(about, lines))
    gaps.push(about.first)
    return json({ error: 'gap', expected }, 409)
  }

  function applied(about: About, lines: readonly string[]) {
    batches.push({ first: about.first, count: lines.length })
    head ??= { seq: 0, chain: about.prev_chain }
    let chain = about.prev_chain
    for (const line of lines) chain = hash(chain, line)
    head = { seq: about.first + lines.length - 1, chain }
    return { ack: head.seq, chain, serverTimeMs: 1_760_000_000_000, results: [] }
  }

  return {
    batches,
    /** First ops of batches that came before the ones they follow. */
    gaps,
    received: () => head?.seq ?? 0,
    requests: () => requests,
    answerNext: (scripted: Scripted) => void next.push(scripted),
    answerSessions: (scripted: Scripted | undefined) => void (sessions = scripted),
    /** Holds the next batch until released, before it is looked at or when it was applied. */
    holdNext(when: Hold['when'] = 'arrived') {
      let release = (): void => undefined
      let asked = (): void => undefined
      const released = new Promise<void>((resolve) => (release = resolve))
      const wasAsked = new Promise<void>((resolve) => (asked = resolve))
      hold = { asked, released, when }
      return { asked: wasAsked, release }
    },
    fetch: (async (input, init) => {
      requests += 1
      const path = new URL(String(input)).pathname
      if (path === '/v1/session/challenge') return json({ nonce: 'ab', serverTimeMs: 0 })
      if (path === '/v1/session') {
        if (sessions !== undefined) return answer(sessions)
        const heads = head === undefined ? [] : [{ epoch: 'ab', stream: 'ledger', ...head }]
        return json({ token: 'ab', gen: 1, serverTimeMs: 1_760_000_000_000, heads })
      }
      return uplink(init)
    }) as typeof fetch,
  }
}

function hash(chain: string, line: string): string {
  return createHash('sha256').update(Buffer.from(chain, 'hex')).update(line).digest('hex')
}

function json(body: unknown, status = 200): Response {
  const headers = { 'content-type': 'application/json' }
  return new Response(JSON.stringify(body), { status, headers })
}

function answer({ status, headers }: Scripted): Response {
  return new Response('{}', { status, headers: headers ?? {} })
}

function aborted(signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
}
