import { createRoute } from '@hono/zod-openapi'
import {
  modelCards,
  rollBackTo,
  training,
  type ModelCard,
  type Training,
} from '@baari/shared/contracts/http/forecast-api'
import type { CloudEnv } from '../cloud-env.ts'
import { failed } from '../problem.ts'
import { contractApp, idParam, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type ForecastRoutes = {
  /** The training that is open already, or a new one. */
  readonly askTraining: (by: string) => Promise<Training>
  readonly training: (id: string) => Promise<Training | undefined>
  readonly cards: () => Promise<readonly ModelCard[]>
  /** False where no model of this version has been in service. */
  readonly rollBack: (to: { readonly version: number; readonly by: string }) => Promise<boolean>
}

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
  app.openapi(rollBackRoute, async (c) => {
    const { version } = c.req.valid('json')
    const done = await parts.rollBack({ version, by: c.get('principal') })
    return done ? c.body(null, 204) : failed(c, 'unknown_address', 404)
  })
  return app
}
