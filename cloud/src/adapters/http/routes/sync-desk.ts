import { createRoute, z } from '@hono/zod-openapi'
import {
  deadLetterPage,
  openAlarms,
  resolveDeadLetter,
  resolvedDeadLetter,
  stationState,
} from '@baari/shared/contracts/http/sync-operator'
import { streams } from '@baari/shared/contracts/sync/session'
import { refusal } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import type { DeadLetterPage, PageAsk } from '../../../app/sync/sync-desk.ts'
import type { SyncDesk } from '../../../ports/sync-desk.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import {
  contractApp,
  jsonAnswer,
  jsonBody,
  pageQuery,
  problems,
  writeHeaders,
} from '../route-parts.ts'

export type SyncDeskRoutes = {
  readonly desk: Omit<SyncDesk, 'deadLetters'>
  readonly deadLetters: (stationNo: number, page: PageAsk) => Promise<DeadLetterPage>
  readonly clock: Clock
}

const no = z.coerce.number().int().min(1).max(9_999)
const noParam = { params: z.object({ no }) }

const lettersRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/dead-letters',
  summary: 'Ops of the station that had no effect, newest first',
  request: {
    ...noParam,
    query: pageQuery.extend({ open: z.enum(['true', 'false']).default('true') }),
  },
  responses: { 200: jsonAnswer(deadLetterPage, 'One page'), ...problems(400, 401, 403, 503) },
})

const resolveRoute = createRoute({
  method: 'post',
  path: '/v1/operator/stations/{no}/dead-letters/{epoch}/{stream}/{seq}/resolve',
  summary: 'Says that a person has dealt with it',
  request: {
    params: z.object({
      no,
      epoch: z.string().regex(/^[0-9a-f]{1,64}$/),
      stream: z.enum(streams),
      seq: z.coerce.number().int().min(1),
    }),
    headers: writeHeaders,
    body: jsonBody(resolveDeadLetter),
  },
  responses: {
    200: jsonAnswer(resolvedDeadLetter, 'Resolved'),
    ...problems(400, 401, 403, 404, 503),
  },
})

const alarmsRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/alarms',
  summary: 'Alarms that are raised and not cleared',
  request: noParam,
  responses: { 200: jsonAnswer(openAlarms, 'Alarms'), ...problems(400, 401, 403, 503) },
})

const stateRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/state',
  summary: 'The newest value of each key the station tells of',
  request: noParam,
  responses: { 200: jsonAnswer(stationState, 'State'), ...problems(400, 401, 403, 503) },
})

/** What the streams of a station leave for a person; auditors may look, not resolve. */
export function syncDeskRoutes({ desk, deadLetters, clock }: SyncDeskRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(lettersRoute, async (c) => {
    const { limit, cursor, open } = c.req.valid('query')
    const ask = { open: open === 'true', limit, cursor }
    return c.json(await deadLetters(c.req.valid('param').no, ask), 200)
  })
  app.openapi(resolveRoute, async (c) => {
    const operator = c.get('operator')
    if (operator.role === 'auditor') return refused(c, refusal('not_allowed')) as never
    const { no: stationNo, ...place } = c.req.valid('param')
    const { note } = c.req.valid('json')
    const how = { by: operator.id, note, atMs: clock.now() }
    const done = await desk.resolve(stationNo, place, how)
    if (!done) return refused(c, refusal('dead_letter_unknown')) as never
    return c.json({ resolved: true as const }, 200)
  })
  app.openapi(alarmsRoute, async (c) => {
    const alarms = await desk.openAlarms(c.req.valid('param').no)
    return c.json(openAlarms.parse({ alarms }), 200)
  })
  app.openapi(stateRoute, async (c) => {
    const state = await desk.state(c.req.valid('param').no)
    return c.json(stationState.parse({ state }), 200)
  })
  return app
}
