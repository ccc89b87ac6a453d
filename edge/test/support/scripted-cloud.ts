import { gunzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'

type Scripted = { readonly status: number; readonly headers?: Record<string, string> }

/**
 * The cloud's side of session and uplink in memory: it keeps the chain honestly and answers
 * anything else only when a test tells it to.
 */
export function scriptedCloud() {
  const batches: { readonly first: number; readonly count: number }[] = []
  const next: Scripted[] = []
  let sessions: Scripted | undefined
  let hold: { readonly asked: () => void; readonly released: Promise<void> } | undefined
  let requests = 0
  let head: { seq: number; chain: string } | undefined

  async function uplink(init: RequestInit | undefined): Promise<Response> {
    const held = hold
    hold = undefined
    if (held !== undefined) {
      held.asked()
      await Promise.race([held.released, aborted(init?.signal)])
      init?.signal?.throwIfAborted()
    }
    const scripted = next.shift()
    if (scripted !== undefined) return answer(scripted)
    return json(applied(gunzipSync(init?.body as Uint8Array)))
  }

  function applied(body: Buffer) {
    const lines = body.toString('utf8').trimEnd().split('\n')
    const about = JSON.parse(lines.shift() ?? '') as { first: number; prev_chain: string }
    batches.push({ first: about.first, count: lines.length })
    head ??= { seq: 0, chain: about.prev_chain }
    let chain = about.prev_chain
    for (const line of lines) chain = hash(chain, line)
    head = { seq: about.first + lines.length - 1, chain }
    return { ack: head.seq, chain, serverTimeMs: 1_760_000_000_000, results: [] }
  }

  return {
    batches,
    received: () => head?.seq ?? 0,
    requests: () => requests,
    answerNext: (scripted: Scripted) => void next.push(scripted),
    answerSessions: (scripted: Scripted | undefined) => void (sessions = scripted),
    /** Holds the next batch's answer until released. */
    holdNext() {
      let release = (): void => undefined
      let asked = (): void => undefined
      const released = new Promise<void>((resolve) => (release = resolve))
      const wasAsked = new Promise<void>((resolve) => (asked = resolve))
      hold = { asked, released }
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

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
}

function answer({ status, headers }: Scripted): Response {
  return new Response('{}', { status, headers: headers ?? {} })
}

function aborted(signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()))
}
