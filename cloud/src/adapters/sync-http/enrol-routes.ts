import { enrolRequest, type EnrolAnswer } from '@baari/shared/contracts/sync/enrol'
import type { Prng } from '@baari/shared/runtime/chance'
import { Hono, type Context } from 'hono'
import { enrolStation, wrappedKeyOf, type EnrolDeps } from '../../app/sync/enrol-station.ts'
import type { StationSession, StationSessions } from '../../ports/station-sessions.ts'
import { admission } from './admission.ts'
import { bearer } from './bearer.ts'
import { problem } from './problem.ts'
import { comeBack, readJson } from './request-parts.ts'

export type EnrolRoutesDeps = EnrolDeps & {
  readonly sessions: StationSessions
  readonly prng: Prng
  readonly onFault: (error: unknown, route: string) => void
}

type StationEnv = { Variables: { session: StationSession } }

/** Enrolling is rare: a flood of it waits outside and holds no database connection. */
const bounds = { total: 8, perStation: 1, waiting: 0 }

/** `POST /v1/enrol` for a station with a code, `GET /v1/enrol/key` for one with a session. */
export function enrolRoutes(deps: EnrolRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  app.onError((error, c) => {
    deps.onFault(error, c.req.path)
    return comeBack(c, deps.prng)
  })
  const inside = admission(deps.clock, bounds)
  app.post('/v1/enrol', async (c) => {
    const asked = await readJson(c, enrolRequest)
    if (asked instanceof Response) return asked
    const leave = await inside.enter(asked.station, c.req.raw.signal)
    if (leave === undefined) return comeBack(c, deps.prng)
    try {
      return await answerEnrol(c, deps, {
        station: asked.station,
        code: asked.code,
        publicKey: asked.public_key,
        wrapKey: asked.wrap_key,
        sig: asked.sig,
      })
    } finally {
      leave()
    }
  })
  app.get('/v1/enrol/key', bearer(deps), async (c) => {
    const wrapped = await wrappedKeyOf(deps, c.get('session').stationNo)
    if (wrapped === undefined) return problem(c, { status: 404, code: 'unknown_key' })
    c.header('cache-control', 'no-store')
    return c.json({ k_station: wrapped })
  })
  return app
}

async function answerEnrol(
  c: Context,
  deps: EnrolRoutesDeps,
  ask: Parameters<typeof enrolStation>[1],
): Promise<Response> {
  const enrolled = await enrolStation(deps, ask)
  if (!enrolled.ok) return denied(c, enrolled.error)
  const { kid, keys, wrapped, serverTime } = enrolled.value
  const answer: EnrolAnswer = {
    kid,
    keys: keys.map((key) => ({ kid: key.kid, public_key: key.publicKey })),
    k_station: wrapped,
    server_time: serverTime,
  }
  c.header('cache-control', 'no-store')
  return c.json(answer)
}

function denied(c: Context, no: 'unauthorised' | 'used' | 'malformed'): Response {
  if (no === 'used') return problem(c, { status: 409, code: 'enrol_code_used' })
  if (no === 'malformed') return problem(c, { status: 400, code: 'malformed' })
  return problem(c, { status: 401, code: 'enrol_code_wrong' })
}
