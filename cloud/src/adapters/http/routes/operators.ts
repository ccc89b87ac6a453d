import { createRoute, z } from '@hono/zod-openapi'
import { salePage, stationLedger, type StationLedger } from '@baari/shared/contracts/http/cloud-api'
import { enrolCodeAnswer } from '@baari/shared/contracts/sync/enrol'
import { refusal } from '@baari/shared/faults/no'
import type { EnrolCode } from '../../../app/sync/enrol-station.ts'
import type { SalePage } from '../../../app/sync/read-ledger.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, pageQuery, problems } from '../route-parts.ts'

export type OperatorRoutes = {
  /** What the uplink has applied; undefined for an unknown station. */
  readonly ledger: (stationNo: number) => Promise<StationLedger | undefined>
  readonly sales: (
    stationNo: number,
    page: { readonly limit: number; readonly cursor: string | undefined },
  ) => Promise<SalePage>
  /** A new enrolment code; undefined for an unknown station. */
  readonly giveEnrolCode: (stationNo: number) => Promise<EnrolCode | undefined>
}

const noParam = { params: z.object({ no: z.coerce.number().int().min(1).max(9_999) }) }

const ledgerRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/ledger',
  summary: 'What the uplink has applied, to compare with the node',
  request: noParam,
  responses: { 200: jsonAnswer(stationLedger, 'Totals'), ...problems(400, 401, 403, 404, 503) },
})

const salesRoute = createRoute({
  method: 'get',
  path: '/v1/operator/stations/{no}/sales',
  summary: 'Sales, newest first',
  request: { ...noParam, query: pageQuery },
  responses: { 200: jsonAnswer(salePage, 'One page'), ...problems(400, 401, 403, 503) },
})

const enrolCodeRoute = createRoute({
  method: 'post',
  path: '/v1/stations/{no}/enrol-code',
  summary: 'A code with which a node enrols as this station; it replaces the one before',
  request: noParam,
  responses: { 201: jsonAnswer(enrolCodeAnswer, 'Shown once'), ...problems(401, 403, 404, 503) },
})

export function operatorRoutes({ ledger, sales, giveEnrolCode }: OperatorRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(ledgerRoute, async (c) => {
    const found = await ledger(c.req.valid('param').no)
    if (found === undefined) return refused(c, refusal('station_unknown')) as never
    return c.json(found, 200)
  })
  app.openapi(salesRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    return c.json(await sales(c.req.valid('param').no, { limit, cursor }), 200)
  })
  app.openapi(enrolCodeRoute, async (c) => {
    const given = await giveEnrolCode(c.req.valid('param').no)
    if (given === undefined) return refused(c, refusal('station_unknown')) as never
    c.header('cache-control', 'no-store')
    return c.json(given, 201)
  })
  return app
}
