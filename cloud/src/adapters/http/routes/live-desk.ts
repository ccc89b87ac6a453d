import { createRoute } from '@hono/zod-openapi'
import { liveStations, type LiveStations } from '@baari/shared/contracts/http/live-api'
import type { CloudEnv } from '../cloud-env.ts'
import { contractApp, jsonAnswer, problems } from '../route-parts.ts'

export type LiveRoutes = { readonly live: () => Promise<LiveStations> }

const liveRoute = createRoute({
  method: 'get',
  path: '/v1/operator/live',
  summary: 'Every station as it is now: link, positions, queue, wait, promise risk, open alarms',
  responses: { 200: jsonAnswer(liveStations, 'All stations'), ...problems(401, 403, 503) },
})

/** What operators watch; an auditor may look. */
export function liveRoutes({ live }: LiveRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(liveRoute, async (c) => c.json(await live(), 200))
  return app
}
