import { createRoute, z } from '@hono/zod-openapi'
import {
  lotResult,
  nothingKnown,
  stationList,
  windowList,
  type StationLive,
} from '@baari/shared/contracts/http/cloud-api'
import {
  vehicleClasses,
  stationNo,
  type StationNo,
  type VehicleClass,
} from '@baari/shared/units/names'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { refusal } from '@baari/shared/faults/no'
import type { Clock } from '@baari/shared/runtime/clock'
import { paisePerKg } from '@baari/shared/units/money'
import { after, instant, type Instant } from '@baari/shared/units/time'
import type { ShownWindow } from '../../../app/bookings/list-windows.ts'
import type { Stations, StationView } from '../../../ports/stations.ts'
import type { Lots } from '../../../ports/lots.ts'
import type { StationLives } from '../../../ports/station-lives.ts'
import { freshFill } from '../booking-json.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, problems } from '../route-parts.ts'

export type WindowAsk = {
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly from: Instant
}

export type StationRoutes = {
  readonly stations: Stations
  readonly windows: (ask: WindowAsk) => Promise<readonly ShownWindow[]>
  /** Whether the station lends capacity now. */
  readonly lent: (no: StationNo) => Promise<boolean>
  readonly lives: StationLives
  readonly lot: Lots['shown']
  readonly clock: Clock
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/stations',
  summary: 'Stations with their price and next free window',
  responses: { 200: jsonAnswer(stationList, 'Stations'), ...problems(503) },
})

const windowsRoute = createRoute({
  method: 'get',
  path: '/v1/stations/{no}/windows',
  summary: 'Ten-minute windows of the next 24 hours that are sold remotely',
  request: {
    params: z.object({ no: z.coerce.number().int().min(1).max(9_999) }),
    query: z.object({
      class: z.enum(vehicleClasses).default('auto'),
      from: z.coerce.number().int().min(0).max(8_640_000_000_000_000).optional(),
    }),
  },
  responses: { 200: jsonAnswer(windowList, 'Windows'), ...problems(400, 404, 503) },
})

const lotRoute = createRoute({
  method: 'get',
  path: '/v1/stations/{no}/lots/{hourMs}',
  summary: 'The lot of a peak hour: its order can be drawn again from the seed once it is drawn',
  request: {
    params: z.object({
      no: z.coerce.number().int().min(1).max(9_999),
      hourMs: z.coerce.number().int().min(0).max(8_640_000_000_000_000),
    }),
  },
  responses: { 200: jsonAnswer(lotResult, 'The lot'), ...problems(400, 404, 503) },
})

export function stationRoutes({ stations, windows, lent, lives, lot, clock }: StationRoutes) {
  const app = contractApp()

  async function summary(station: StationView, live: StationLive | undefined) {
    const now = clock.now()
    const [price, shown] = await Promise.all([
      stations.priceAt(station.no, now),
      windows({ station: station.no, vehicleClass: 'auto', from: now }),
    ])
    const free = shown.find(({ room }) => room !== 'full')
    return {
      no: station.no,
      name: station.name,
      address: station.address,
      pricePaisePerKg: price ?? paisePerKg(0),
      nextFreeMs: free?.start ?? null,
      open: station.open && price !== undefined && station.workingPositions > 0,
      live: live ?? nothingKnown,
    }
  }

  app.openapi(listRoute, async (c) => {
    const [all, told] = await Promise.all([stations.list(), lives.all(clock.now())])
    const shown = all.map((station) => summary(station, told.get(station.no)))
    return c.json({ stations: await Promise.all(shown) }, 200)
  })
  app.openapi(lotRoute, async (c) => {
    const { no, hourMs } = c.req.valid('param')
    const shown = await lot({ station: stationNo(no), hour: instant(hourMs) })
    if (shown === undefined) return refused(c, refusal('station_unknown')) as never
    const { drawnAt, ...rest } = shown
    return c.json({ ...rest, drawnAtMs: drawnAt, entries: [...rest.entries] }, 200)
  })
  app.openapi(windowsRoute, async (c) => {
    const { class: vehicleClass, from } = c.req.valid('query')
    const no = stationNo(c.req.valid('param').no)
    const station = await stations.find(no)
    if (station === undefined) return refused(c, refusal('station_unknown')) as never
    const shown = station.open
      ? await windows({ station: no, vehicleClass, from: instant(from ?? clock.now()) })
      : []
    const list = shown.map(({ start, room }) => ({
      startMs: start,
      endMs: after(start, windowLength),
      state: room,
      expectedWaitMin: null,
    }))
    const [isLent, told] = await Promise.all([lent(no), lives.of([no], clock.now())])
    const fillPercent = freshFill(told.get(no))
    return c.json({ station: no, lent: isLent, fillPercent, windows: list }, 200)
  })
  return app
}
