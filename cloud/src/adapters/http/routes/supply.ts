import { createRoute, z } from '@hono/zod-openapi'
import { supplyCut, supplyCutRequest } from '@baari/shared/contracts/http/cloud-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import { stationNo, type StationNo } from '@baari/shared/units/names'
import type { DeclareCut } from '../../../app/bookings/supply-cut.ts'
import type { SupplyCut } from '../../../domain/booking/supply-cut.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type SupplyRoutes = {
  readonly declare: (cut: DeclareCut) => Promise<Result<SupplyCut, Refusal>>
  /** False when no cut is open. */
  readonly end: (station: StationNo) => Promise<boolean>
}

const noParam = { params: z.object({ no: z.coerce.number().int().min(1).max(9_999) }) }

const declareRoute = createRoute({
  method: 'post',
  path: '/v1/stations/{no}/supply-cut',
  summary: 'No gas until then: sales stop and bookings are told in waves; again, the end moves',
  request: { ...noParam, body: jsonBody(supplyCutRequest) },
  responses: {
    200: jsonAnswer(supplyCut, 'The incident'),
    ...problems(400, 401, 403, 404, 422, 503),
  },
})

const endRoute = createRoute({
  method: 'delete',
  path: '/v1/stations/{no}/supply-cut',
  summary: 'Gas is back',
  request: noParam,
  responses: { 204: { description: 'Ended' }, ...problems(401, 403, 404, 503) },
})

export function supplyRoutes({ declare, end }: SupplyRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(declareRoute, async (c) => {
    const station = stationNo(c.req.valid('param').no)
    const { untilMs: until } = c.req.valid('json')
    const done = await declare({ station, until, by: c.get('operator').id })
    if (!done.ok) return refused(c, done.error) as never
    const { id, from, until: ends } = done.value
    return c.json({ id, fromMs: from, untilMs: ends }, 200)
  })
  app.openapi(endRoute, async (c) => {
    const ended = await end(stationNo(c.req.valid('param').no))
    return ended ? c.body(null, 204) : refused(c, refusal('station_unknown'))
  })
  return app
}
