import { createRoute, z } from '@hono/zod-openapi'
import {
  slotRankerCard,
  stationFeedback,
  stationPlace,
  type SlotRankerCard,
} from '@baari/shared/contracts/http/recommend-api'
import { shrunkRating } from '@baari/shared/domain/recommend/slots/slot-features'
import { refusal } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import { stationNo, type StationNo } from '@baari/shared/units/names'
import { place, type Place } from '@baari/shared/units/place'
import { before, hours } from '@baari/shared/units/time'
import type { Feedbacks } from '../../../ports/fill-feedback.ts'
import type { Stations } from '../../../ports/stations.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type StationFeedbackRoutes = {
  readonly stations: Pick<Stations, 'find'>
  readonly counts: Feedbacks['counts']
  readonly putPlace: (station: StationNo, place: Place) => Promise<void>
  readonly ranker: () => Promise<SlotRankerCard>
  readonly clock: Pick<Clock, 'now'>
}

const noParam = { params: z.object({ no: z.coerce.number().int().min(1).max(9_999) }) }

const feedbackRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/feedback',
  summary: 'Stars that drivers gave in the last 28 days, and how many said nothing',
  request: noParam,
  responses: { 200: jsonAnswer(stationFeedback, 'Stars'), ...problems(400, 401, 403, 404, 503) },
})
const placeRoute = createRoute({
  method: 'put',
  path: '/v1/operator/stations/{no}/place',
  summary: 'Where the station is, in millionths of a degree; distances and arrivals need it',
  request: { ...noParam, body: jsonBody(stationPlace) },
  responses: { 204: { description: 'Kept' }, ...problems(400, 401, 403, 404, 503) },
})
const rankerRoute = createRoute({
  method: 'get',
  path: '/v1/forecast/slot-ranker',
  summary: 'What ranks slots now, on how many choices, and what each step of the ladder won',
  responses: { 200: jsonAnswer(slotRankerCard, 'The ranker'), ...problems(401, 403, 503) },
})

const span = hours(24 * 28)

/** What operators see of drivers' feedback, and what they tell the ranking. */
export function stationFeedbackRoutes(deps: StationFeedbackRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(feedbackRoute, async (c) => {
    const no = stationNo(c.req.valid('param').no)
    if ((await deps.stations.find(no)) === undefined) {
      return refused(c, refusal('station_unknown')) as never
    }
    const since = before(deps.clock.now(), span)
    const { byStars, fills } = await deps.counts(no, since)
    const count = byStars.reduce((sum, of) => sum + of, 0)
    const sum = byStars.reduce((total, of, at) => total + of * (at + 1), 0)
    const mean = count === 0 ? null : sum / count
    const shrunk = shrunkRating({ sum, count })
    const told = { station: no, sinceMs: since, byStars: [...byStars], fills, rated: count }
    return c.json({ ...told, mean, shrunk }, 200)
  })
  app.openapi(placeRoute, async (c) => {
    const no = stationNo(c.req.valid('param').no)
    if ((await deps.stations.find(no)) === undefined) {
      return refused(c, refusal('station_unknown'))
    }
    const { latE6, lonE6 } = c.req.valid('json')
    await deps.putPlace(no, place(latE6, lonE6))
    return c.body(null, 204)
  })
  app.openapi(rankerRoute, async (c) => c.json(await deps.ranker(), 200))
  return app
}
