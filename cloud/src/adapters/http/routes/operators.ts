import { createRoute, z } from '@hono/zod-openapi'
import { salePage, stationLedger } from '@baari/shared/contracts/http/cloud-api'
import { refusal } from '@baari/shared/faults/no'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type {
  SaleCursor,
  SettledSale,
  StationLedgers,
  StreamHeads,
} from '../../../ports/station-ledger.ts'
import type { Stations } from '../../../ports/stations.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { failed, refused } from '../problem.ts'
import { contractApp, jsonAnswer, pageQuery, problems } from '../route-parts.ts'

export type OperatorRoutes = {
  readonly stations: Pick<Stations, 'find'>
  readonly ledgers: StationLedgers
  readonly heads: StreamHeads
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
  responses: { 200: jsonAnswer(salePage, 'One page'), ...problems(400, 401, 403, 404, 503) },
})

export function operatorRoutes({ stations, ledgers, heads }: OperatorRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(ledgerRoute, async (c) => {
    const station = await stations.find(stationNo(c.req.valid('param').no))
    if (station === undefined) return refused(c, refusal('station_unknown')) as never
    const [totals, streams] = await Promise.all([ledgers.totals(station.no), heads.of(station.no)])
    return c.json(
      {
        station: station.no,
        epoch: streams.epoch,
        streams: streams.streams.map((head) => ({ ...head })),
        deadLetters: streams.deadLetters,
        ...totals,
        grams: grams(totals.grams),
        amountPaise: paise(totals.amountPaise),
        orphanGrams: grams(totals.orphanGrams),
      },
      200,
    )
  })
  app.openapi(salesRoute, async (c) => {
    const station = await stations.find(stationNo(c.req.valid('param').no))
    if (station === undefined) return refused(c, refusal('station_unknown')) as never
    const { limit, cursor } = c.req.valid('query')
    const before = cursor === undefined ? undefined : cursorOf(cursor)
    if (before === 'malformed') return failed(c, 'malformed', 400) as never
    const rows = await ledgers.sales(station.no, { before, limit: limit + 1 })
    const page = rows.slice(0, limit)
    const last = rows.length > limit ? page.at(-1) : undefined
    return c.json({ sales: page.map(saleJson), nextCursor: last ? textOf(last) : null }, 200)
  })
  return app
}

function saleJson({ settledAt, ...sale }: SettledSale) {
  return {
    ...sale,
    grams: grams(sale.grams),
    amountPaise: paise(sale.amountPaise),
    settledAtMs: settledAt,
  }
}

function textOf({ settledAt, fill }: SettledSale): string {
  return `${settledAt}.${fill}`
}

const cursorForm = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function cursorOf(text: string): SaleCursor['before'] | 'malformed' {
  const [, at, fill] = cursorForm.exec(text) ?? []
  if (at === undefined || fill === undefined) return 'malformed'
  return { settledAt: instant(Number(at)), fill }
}
