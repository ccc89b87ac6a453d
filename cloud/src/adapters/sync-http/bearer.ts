import type { Clock } from '@baari/shared/runtime/clock'
import type { MiddlewareHandler } from 'hono'
import type { StationSession, StationSessions } from '../../ports/station-sessions.ts'
import { problem } from './problem.ts'

export type BearerDeps = {
  readonly sessions: Pick<StationSessions, 'byToken'>
  readonly clock: Clock
}

const bearerForm = /^Bearer ([0-9a-f]{64})$/

/** Lets a station with a session in force through and leaves its session in the context. */
export function bearer({
  sessions,
  clock,
}: BearerDeps): MiddlewareHandler<{ Variables: { session: StationSession } }> {
  return async (c, next) => {
    const token = bearerForm.exec(c.req.header('authorization') ?? '')?.[1]
    const session = token === undefined ? undefined : await sessions.byToken(token, clock.now())
    if (session === undefined) {
      return problem(c, { status: 401, code: 'not_signed_in' })
    }
    c.set('session', session)
    return next()
  }
}
