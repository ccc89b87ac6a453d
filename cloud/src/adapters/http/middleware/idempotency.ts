import { createHash } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { refusal } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, seconds } from '@baari/shared/units/time'
import type { IdempotencyStore, IdempotentRequest } from '../../../ports/idempotency.ts'
import { failed, refused } from '../problem.ts'
import type { CloudEnv } from '../cloud-env.ts'

type Deps = { readonly store: IdempotencyStore; readonly clock: Clock }

/** Longer than any request may run, so that a lock outlives only a holder that died. */
const lockTime = seconds(20)
const maxKeyLength = 128
const keptHeaders = ['content-type', 'retry-after', 'location']

/**
 * Gives a repeated write the answer of its first run: same status, body and headers. Another key
 * is another request; a key still running is 409; the same key with other content 422. Faults
 * (5xx) and busy answers are not kept, since repeating them is right. Reads pass untouched.
 */
export function idempotency({ store, clock }: Deps): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined || c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    if (key.length === 0 || key.length > maxKeyLength) return failed(c, 'malformed', 400)
    const request = { scope: c.get('principal'), key, requestHash: await hashOf(c) }
    const now = clock.now()
    const claim = await store.claim(request, { now, lockedUntil: after(now, lockTime) })
    switch (claim.kind) {
      case 'mismatch':
        return refused(c, refusal('idempotency_mismatch'))
      case 'running':
        return refused(c, refusal('idempotency_busy', { retryAfterS: 1 }))
      case 'answered':
        return c.body(claim.answer.body, claim.answer.status as 200, { ...claim.answer.headers })
      case 'ours':
        await runOnce(store, request, { c, holder: claim.holder, next })
        return undefined
    }
  }
}

type Running = {
  readonly c: Context
  readonly holder: string
  readonly next: () => Promise<void>
}

async function runOnce(
  store: IdempotencyStore,
  request: IdempotentRequest,
  { c, holder, next }: Running,
): Promise<void> {
  await next()
  const { status, headers } = c.res
  if (status >= 500 || status === 429) {
    await store.abandon(request, holder)
    return
  }
  const kept = keptHeaders.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  const body = await c.res.clone().text()
  await store.answer(request, holder, { status, headers: Object.fromEntries(kept), body })
}

async function hashOf(c: Context): Promise<Uint8Array> {
  const body = await c.req.raw.clone().arrayBuffer()
  return createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n`)
    .update(new Uint8Array(body))
    .digest()
}
