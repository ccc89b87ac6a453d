import { createRoute } from '@hono/zod-openapi'
import { whatIfAnswer, whatIfAsk, type WhatIfAsk } from '@baari/shared/contracts/http/what-if-api'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { PlayedAnswer } from '../../../app/what-if/what-if-desk.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type WhatIfRoutes = {
  /** `left` is aborted when the connection of who asks is closed before the answer. */
  readonly ask: (ask: WhatIfAsk, left: AbortSignal) => Promise<Result<PlayedAnswer, Refusal>>
}

export const whatIfPath = '/v1/operator/what-if'

const whatIfRoute = createRoute({
  method: 'post',
  path: whatIfPath,
  summary: 'What a change would do at a simulated station, beside the rule as it is',
  request: { body: jsonBody(whatIfAsk) },
  responses: {
    200: jsonAnswer(whatIfAnswer, 'Figures with 95 % limits'),
    ...problems(400, 401, 403, 409, 422, 429, 503),
  },
})

/** Questions to the twin; an auditor starts nothing. */
export function whatIfRoutes({ ask }: WhatIfRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(whatIfRoute, async (c) => {
    const answer = await ask(c.req.valid('json'), c.req.raw.signal)
    return answer.ok ? c.json(answer.value, 200) : (refused(c, answer.error) as never)
  })
  return app
}
