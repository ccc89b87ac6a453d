import { createRoute, z } from '@hono/zod-openapi'
import {
  forecastReport,
  markEventDay,
  modelCards,
  rollBackTo,
  training,
  trainings,
  unmarkEventDay,
  type ForecastReport,
  type ModelCard,
  type Training,
} from '@baari/shared/contracts/http/forecast-api'
import {
  demandTargets,
  type DemandTarget,
} from '@baari/shared/domain/forecast/serving/station-demand'
import { present } from '@baari/shared/faults/assert'
import { dayOfIsoDate } from '@baari/shared/units/ist-calendar'
import type { EventDay } from '../../../ports/event-days.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { failed } from '../problem.ts'
import { contractApp, idParam, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type ForecastRoutes = {
  /** The training that is open already, or a new one. */
  readonly askTraining: (by: string) => Promise<Training>
  readonly training: (id: string) => Promise<Training | undefined>
  readonly trainings: () => Promise<readonly Training[]>
  readonly cards: () => Promise<readonly ModelCard[]>
  readonly report: (ask: ReportAsk) => Promise<ForecastReport | undefined>
  readonly markEventDay: (day: EventDay) => Promise<void>
  /** False where the day was not marked. */
  readonly unmarkEventDay: (day: Pick<EventDay, 'station' | 'day'>) => Promise<boolean>
  /** False where no model of this version has been in service. */
  readonly rollBack: (to: { readonly version: number; readonly by: string }) => Promise<boolean>
}

export type ReportAsk = { readonly station: number; readonly target: DemandTarget }

const reportQuery = z.object({
  station: z.coerce.number().int().min(1).max(9_999),
  target: z.enum(demandTargets).default('arrivals'),
})

const reportRoute = createRoute({
  method: 'get',
  path: '/v1/forecast/report',
  summary: 'A station’s forecasts against what came, their accuracy, alarms and trend',
  request: { query: reportQuery },
  responses: {
    200: jsonAnswer(forecastReport, 'The report'),
    ...problems(400, 401, 403, 404, 503),
  },
})

const trainingsRoute = createRoute({
  method: 'get',
  path: '/v1/forecast/trainings',
  summary: 'The latest trainings, newest first',
  responses: { 200: jsonAnswer(trainings, 'The trainings'), ...problems(401, 403, 503) },
})

const markRoute = createRoute({
  method: 'post',
  path: '/v1/forecast/event-days',
  summary: 'A day no forecast is judged by: a holiday week, a storm',
  request: { body: jsonBody(markEventDay) },
  responses: { 204: { description: 'Marked' }, ...problems(400, 401, 403, 503) },
})

const unmarkRoute = createRoute({
  method: 'post',
  path: '/v1/forecast/event-days/remove',
  summary: 'The day counts again',
  request: { body: jsonBody(unmarkEventDay) },
  responses: { 204: { description: 'Unmarked' }, ...problems(400, 401, 403, 404, 503) },
})

const retrainRoute = createRoute({
  method: 'post',
  path: '/api/retrain-model',
  summary: 'Train a new forecast model; the answer names the training to follow',
  responses: { 202: jsonAnswer(training, 'Waiting or running'), ...problems(401, 403, 503) },
})

const trainingRoute = createRoute({
  method: 'get',
  path: '/v1/forecast/trainings/{id}',
  summary: 'How far a training is',
  request: { params: idParam('id') },
  responses: { 200: jsonAnswer(training, 'The training'), ...problems(400, 401, 403, 404, 503) },
})

const cardsRoute = createRoute({
  method: 'get',
  path: '/v1/forecast/models',
  summary: 'Every model with its card, newest first',
  responses: { 200: jsonAnswer(modelCards, 'The models'), ...problems(401, 403, 503) },
})

const rollBackRoute = createRoute({
  method: 'post',
  path: '/v1/forecast/rollback',
  summary: 'An older model serves again; stations get a signed order',
  request: { body: jsonBody(rollBackTo) },
  responses: { 204: { description: 'In service' }, ...problems(400, 401, 403, 404, 503) },
})

/** The operators' door to the forecast models; an auditor reads and starts nothing. */
export function forecastRoutes(parts: ForecastRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(retrainRoute, async (c) => {
    return c.json(await parts.askTraining(c.get('principal')), 202)
  })
  app.openapi(trainingRoute, async (c) => {
    const found = await parts.training(c.req.valid('param')['id'] ?? '')
    if (found === undefined) return failed(c, 'unknown_address', 404) as never
    return c.json(found, 200)
  })
  app.openapi(cardsRoute, async (c) => c.json({ models: [...(await parts.cards())] }, 200))
  app.openapi(trainingsRoute, async (c) =>
    c.json({ trainings: [...(await parts.trainings())] }, 200),
  )
  app.openapi(reportRoute, async (c) => {
    const found = await parts.report(c.req.valid('query'))
    if (found === undefined) return failed(c, 'unknown_address', 404) as never
    return c.json(found, 200)
  })
  app.openapi(markRoute, async (c) => {
    const { station, note, day } = c.req.valid('json')
    const by = c.get('principal')
    await parts.markEventDay({ station, note, by, day: present(dayOfIsoDate(day), 'a date') })
    return c.body(null, 204)
  })
  app.openapi(unmarkRoute, async (c) => {
    const { station, day } = c.req.valid('json')
    const done = await parts.unmarkEventDay({ station, day: present(dayOfIsoDate(day), 'a date') })
    return done ? c.body(null, 204) : failed(c, 'unknown_address', 404)
  })
  app.openapi(rollBackRoute, async (c) => {
    const { version } = c.req.valid('json')
    const done = await parts.rollBack({ version, by: c.get('principal') })
    return done ? c.body(null, 204) : failed(c, 'unknown_address', 404)
  })
  return app
}
