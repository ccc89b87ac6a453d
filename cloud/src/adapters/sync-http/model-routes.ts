import type { ModelOfferWire } from '@baari/shared/contracts/http/forecast-api'
import { Hono } from 'hono'
import { z } from 'zod'
import type { StationSession } from '../../ports/station-sessions.ts'
import { admission } from './admission.ts'
import { bearer, type BearerDeps } from './bearer.ts'
import { problem } from './problem.ts'

export type ModelRoutesDeps = BearerDeps & {
  /** What a station with this version is given; undefined when it has what is in service. */
  readonly offer: (ask: {
    readonly station: number
    readonly current: number
  }) => Promise<ModelOfferWire | undefined>
  readonly onFault: (error: unknown, route: string) => void
}

type StationEnv = { Variables: { session: StationSession } }

/** Some MB each: a few stations at a time. */
const bounds = { total: 4, perStation: 1, waiting: 0 }
const retryAfterS = 60
const query = z.object({ current: z.coerce.number().int().min(0).max(2_000_000_000) })

/** `GET /v1/model?current=N` for stations: the forecast model in service, when theirs is another. */
export function modelRoutes(deps: ModelRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  const inside = admission(deps.clock, bounds)
  app.onError((error, c) => {
    deps.onFault(error, c.req.path)
    return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
  })
  app.use('/v1/model', bearer(deps))
  app.get('/v1/model', async (c) => {
    const asked = query.safeParse(c.req.query())
    if (!asked.success) return problem(c, { status: 400, code: 'malformed' })
    const { stationNo: station } = c.get('session')
    const leave = await inside.enter(station, c.req.raw.signal)
    if (leave === undefined) return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
    try {
      const offer = await deps.offer({ station, current: asked.data.current })
      return offer === undefined ? c.body(null, 204) : c.json(offer)
    } finally {
      leave()
    }
  })
  return app
}
