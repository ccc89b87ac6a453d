import { createRoute, z } from '@hono/zod-openapi'
import {
  outOfTurnDaysMax,
  outOfTurnReport,
  type OutOfTurnReport,
} from '@baari/shared/contracts/http/out-of-turn-api'
import { instantField } from '@baari/shared/contracts/scalars'
import { stationNo } from '@baari/shared/units/names'
import { hours, instant } from '@baari/shared/units/time'
import type { Reader } from '../../../app/out-of-turn/read-out-of-turn.ts'
import type { OutOfTurnAsk } from '../../../ports/out-of-turn.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { contractApp, jsonAnswer, problems } from '../route-parts.ts'

export type OutOfTurnRoutes = {
  readonly report: (ask: OutOfTurnAsk, reader: Reader) => Promise<OutOfTurnReport>
  readonly csv: (ask: OutOfTurnAsk) => Promise<{ readonly text: string; readonly more: boolean }>
}

const moment = z.coerce.number().pipe(instantField)
const longest = hours(24 * outOfTurnDaysMax)

const query = z
  .object({
    fromMs: moment,
    toMs: moment,
    station: z.coerce.number().int().min(1).max(9_999).optional(),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs && toMs - fromMs <= longest)

const reportRoute = createRoute({
  method: 'get',
  path: '/v1/operator/out-of-turn',
  summary: 'Vehicles that managers called out of turn: per station, per attendant, each with why',
  request: { query },
  responses: { 200: jsonAnswer(outOfTurnReport, 'Newest first'), ...problems(400, 401, 403, 503) },
})

const csvRoute = createRoute({
  method: 'get',
  path: '/v1/operator/out-of-turn.csv',
  summary: 'The same calls as lines of text, personal data masked, to be given away',
  request: { query },
  responses: {
    200: {
      description: 'Newest first; the header `baari-more` says whether older ones are left out',
      content: { 'text/csv': { schema: z.string() } },
    },
    ...problems(400, 401, 403, 503),
  },
})

/** Calls out of turn, for operators and auditors; an auditor reads no names of the staff. */
export function outOfTurnRoutes({ report, csv }: OutOfTurnRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(reportRoute, async (c) => {
    const reader = { names: c.get('operator').role !== 'auditor' }
    return c.json(await report(askOf(c.req.valid('query')), reader), 200)
  })
  app.openapi(csvRoute, async (c) => {
    const { text, more } = await csv(askOf(c.req.valid('query')))
    c.header('content-type', 'text/csv; charset=utf-8')
    c.header('content-disposition', 'attachment; filename="out-of-turn.csv"')
    c.header('cache-control', 'no-store')
    c.header('baari-more', String(more))
    return c.body(text, 200)
  })
  return app
}

function askOf({ fromMs, toMs, station }: z.output<typeof query>): OutOfTurnAsk {
  return {
    from: instant(fromMs),
    to: instant(toMs),
    station: station === undefined ? null : stationNo(station),
  }
}
