import { createRoute, z } from '@hono/zod-openapi'
import {
  operatorMe,
  resolveConflict,
  syncConflicts,
  syncStations,
} from '@baari/shared/contracts/http/sync-api'
import type { LinkDesk } from '../../../ports/link-desk.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { failed } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

const statusRoute = createRoute({
  method: 'get',
  path: '/v1/sync/status',
  summary: 'Every station’s link: lag, oldest unsent op, last proof, what waits for a person',
  responses: { 200: jsonAnswer(syncStations, 'All stations'), ...problems(401, 403, 503) },
})

const conflictsRoute = createRoute({
  method: 'get',
  path: '/v1/sync/conflicts',
  summary: 'Open conflicts and dead letters, with the facts of both sides',
  request: {
    query: z.object({ station: z.coerce.number().int().min(1).max(9_999).optional() }),
  },
  responses: { 200: jsonAnswer(syncConflicts, 'Oldest first'), ...problems(400, 401, 403, 503) },
})

const resolveRoute = createRoute({
  method: 'post',
  path: '/v1/sync/conflicts/resolve',
  summary: 'A person has decided; the note is kept with the conflict',
  request: { body: jsonBody(resolveConflict) },
  responses: { 204: { description: 'Resolved' }, ...problems(400, 401, 403, 404, 503) },
})

const meRoute = createRoute({
  method: 'get',
  path: '/v1/operator/me',
  summary: 'Who is signed in',
  responses: { 200: jsonAnswer(operatorMe, 'The operator'), ...problems(401, 403, 503) },
})

/** The operator's sync page (sync.md section 5.3); an auditor reads and decides nothing. */
export function linkDeskRoutes(desk: Omit<LinkDesk, 'heard'>) {
  const app = contractApp<CloudEnv>()
  app.openapi(statusRoute, async (c) => c.json(await desk.stations(), 200))
  app.openapi(conflictsRoute, async (c) => {
    const { station } = c.req.valid('query')
    return c.json(await desk.conflicts({ station: station ?? null }), 200)
  })
  app.openapi(resolveRoute, async (c) => {
    const { id, note } = c.req.valid('json')
    const by = c.get('operator').id
    if (await desk.resolve({ id, note, by })) return c.body(null, 204)
    return failed(c, 'unknown_address', 404)
  })
  app.openapi(meRoute, (c) => {
    const { id, name, role } = c.get('operator')
    return c.json({ id, name, role }, 200)
  })
  return app
}
