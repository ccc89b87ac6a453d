import { conflictBody } from '@baari/shared/contracts/sync/session'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Instant, Millis, Mono } from '@baari/shared/units/time'
import type { z } from 'zod'
import type { ExchangeAnswer, ExchangeNo } from '../../ports/cloud-line.ts'

export type ExchangeDeps = {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly clock: Clock
  /** Told after each answer that carried the cloud's time. */
  readonly onTime: (told: {
    readonly serverTime: Instant
    readonly sentMono: Mono
    readonly receivedMono: Mono
  }) => void
}

export type Exchange<T> = {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly deadline: Millis
  readonly signal: AbortSignal
  readonly read: (response: Response) => Promise<T>
}

/**
 * One request with a deadline that covers the body too. Never rejects: a link that fails is the
 * ordinary case at a station.
 */
export async function exchange<T>(
  { baseUrl, fetch }: Pick<ExchangeDeps, 'baseUrl' | 'fetch'>,
  ask: Exchange<T>,
): Promise<ExchangeAnswer<T>> {
  try {
    const response = await fetch(new URL(ask.path, baseUrl), {
      method: ask.method,
      headers: ask.headers ?? {},
      body: ask.body ?? null,
      redirect: 'error',
      signal: AbortSignal.any([ask.signal, AbortSignal.timeout(ask.deadline)]),
    })
    if (response.ok) return { ok: true, value: await ask.read(response) }
    return { ok: false, no: await readNo(response) }
  } catch (error) {
    return { ok: false, no: { kind: 'failed', reason: String(error) } }
  }
}

/** Parses a JSON body by the contract's schema; anything else makes the exchange fail. */
export function jsonOf<S extends z.ZodType>(
  schema: S,
): (response: Response) => Promise<z.output<S>> {
  return async (response) => schema.parse(await response.json())
}

async function readNo(response: Response): Promise<ExchangeNo> {
  const { status } = response
  const text = await response.text()
  if (status === 401) return { kind: 'unauthorised' }
  if (status === 409) return conflictOf(text)
  if (status === 413) return { kind: 'too_large' }
  if (status === 429 || status === 503) {
    return { kind: 'busy', retryAfterMs: retryAfterMs(response.headers.get('retry-after')) }
  }
  return status >= 500
    ? { kind: 'failed', reason: `status ${status}` }
    : { kind: 'refused', status }
}

function conflictOf(text: string): ExchangeNo {
  try {
    return { kind: 'conflict', body: conflictBody.parse(JSON.parse(text)) }
  } catch {
    return { kind: 'failed', reason: 'a 409 without the contract’s body' }
  }
}

/** Seconds or nothing: an HTTP date would need the wall clock, which may be wrong. */
function retryAfterMs(header: string | null): number {
  const seconds = Number(header ?? '')
  return header !== null && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}
