import {
  leaseKindField,
  leaseRequest,
  leaseRequestBytes,
  requestOfWire,
  wireCells,
} from '@baari/shared/contracts/sync/lease'
import { stationNo } from '@baari/shared/units/names'
import { Hono, type Context } from 'hono'
import { receiveLease, type LeaseDeps } from '../../app/lease/receive-lease.ts'
import type { StationSession, StationSessions } from '../../ports/station-sessions.ts'
import { bearer } from './bearer.ts'
import { problem } from './problem.ts'
import { readBody } from './read-body.ts'

export type LeaseRoutesDeps = LeaseDeps & {
  readonly sessions: StationSessions
  readonly onFault: (error: unknown, route: string) => void
  /** After a commit: an answered ask leaves the station's shape. */
  readonly onApplied: (stationNo: number) => void
}

type StationEnv = { Variables: { session: StationSession } }

/** A station that could not be served asks again; its request is the same one then. */
const retryAfterS = 2

/** `POST /v1/lease/{grant,borrow,return}` with the station's session (sync.md 5.4). */
export function leaseRoutes(deps: LeaseRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  app.onError((error, c) => {
    deps.onFault(error, c.req.path)
    return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
  })
  app.use('/v1/lease/*', bearer(deps))
  app.post('/v1/lease/:kind', (c) => answerLease(c, deps, c.get('session')))
  return app
}

async function answerLease(
  c: Context,
  deps: LeaseRoutesDeps,
  session: StationSession,
): Promise<Response> {
  const kind = leaseKindField.safeParse(c.req.param('kind'))
  if (!kind.success) return problem(c, { status: 404, code: 'unknown_field' })
  const body = await readBody(c.req.raw, leaseRequestBytes)
  if (!body.ok) {
    return problem(c, { status: body.error === 'too_long' ? 413 : 400, code: body.error })
  }
  const asked = leaseRequest.safeParse(parseJson(body.value.toString('utf8')))
  if (!asked.success) return problem(c, { status: 400, code: 'malformed' })
  const speaker = { station: stationNo(session.stationNo), generation: session.generation }
  const received = await receiveLease(deps, speaker, requestOfWire(kind.data, asked.data))
  if (!received.ok) return c.json(received.error, 409)
  deps.onApplied(session.stationNo)
  const { no, held } = received.value
  return c.json({ no, held: wireCells(held), serverTimeMs: deps.clock.now() })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
