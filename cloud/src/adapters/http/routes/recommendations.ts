import { createRoute, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { booking as bookingBody } from '@baari/shared/contracts/http/cloud-api'
import {
  fillFeedback,
  onTheWayAnswer,
  onTheWayNotice,
  recommendationRequest,
  recommendations,
} from '@baari/shared/contracts/http/recommend-api'
import { windowLength } from '@baari/shared/domain/slots/windows'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { bookingId, type StationNo, type VehicleClass } from '@baari/shared/units/names'
import type { PlaceCell } from '@baari/shared/units/place'
import { after, minutes, type Instant, type Millis } from '@baari/shared/units/time'
import type { OwnBooking } from '../../../app/bookings/confirm-hold.ts'
import type { OnTheWay, Underway } from '../../../app/bookings/on-the-way.ts'
import type { GivenStars } from '../../../app/feedback/give-feedback.ts'
import type { RecommendedSlot } from '../../../app/recommend/recommend-slots.ts'
import type { Booking } from '../../../domain/booking/booking.ts'
import type { Drivers } from '../../../ports/people.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import {
  contractApp,
  idParam,
  jsonAnswer,
  jsonBody,
  problems,
  writeHeaders,
} from '../route-parts.ts'
import { shown, type ShownParts } from '../shown-bookings.ts'

export type LookFor = {
  readonly driver: string
  readonly station: StationNo
  readonly vehicleClass: VehicleClass
  readonly wished: Instant | undefined
  readonly cell: PlaceCell | undefined
}

export type RecommendationRoutes = ShownParts & {
  readonly drivers: Pick<Drivers, 'vehicle'>
  readonly recommend: (look: LookFor) => Promise<readonly RecommendedSlot[]>
  readonly onTheWay: (own: OnTheWay) => Promise<Result<Underway, Refusal>>
  readonly feedback: (given: GivenStars) => Promise<Result<Booking, Refusal>>
  readonly clock: Pick<Clock, 'now'>
}

const own = { params: idParam('id') }

const recommendRoute = createRoute({
  method: 'post',
  path: '/v1/recommendations',
  summary: 'Slots with room, the best for this driver first, with the reason for each',
  request: { body: jsonBody(recommendationRequest) },
  responses: {
    200: jsonAnswer(recommendations, 'Slots'),
    ...problems(400, 401, 404, 409, 503),
  },
})
const onTheWayRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/on-the-way',
  summary: 'When the vehicle will be there; its token is kept until then, to s+60 at most',
  request: { headers: writeHeaders, body: jsonBody(onTheWayNotice), ...own },
  responses: {
    200: jsonAnswer(onTheWayAnswer, 'Booking and arrival'),
    ...problems(400, 401, 404, 409, 503),
  },
})
const feedbackRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/feedback',
  summary: 'One to five stars for a fill; the first word stands',
  request: { headers: writeHeaders, body: jsonBody(fillFeedback), ...own },
  responses: {
    200: jsonAnswer(bookingBody, 'The booking'),
    ...problems(400, 401, 404, 409, 503),
  },
})

/** What a driver is recommended, and what the driver says before and after the fill. */
export function recommendationRoutes(deps: RecommendationRoutes) {
  const app = contractApp<CloudEnv>()
  const ownOf = (c: Context<CloudEnv>): OwnBooking => ({
    id: bookingId(c.req.param('id') ?? ''),
    driver: c.get('driver'),
  })

  async function recommended(c: Context<CloudEnv>, ask: z.output<typeof recommendationRequest>) {
    const driver = c.get('driver')
    const vehicle = await deps.drivers.vehicle(driver, ask.vehicle)
    if (vehicle === undefined) return refused(c, refusal('vehicle_unknown'))
    const all = await deps.stations.list()
    if (!all.some(({ no }) => no === ask.station)) return refused(c, refusal('station_unknown'))
    const { vehicleClass } = vehicle
    const { station, wishedMs: wished, cell } = ask
    const slots = await deps.recommend({ driver, station, vehicleClass, wished, cell })
    return c.json({ slots: slots.map(slotJson) }, 200)
  }

  async function underway(c: Context<CloudEnv>, cell: PlaceCell) {
    const done = await deps.onTheWay({ ...ownOf(c), cell })
    if (!done.ok) return refused(c, done.error)
    const { booking, arrival } = done.value
    const now = deps.clock.now()
    const at = arrival && {
      medianMs: after(now, arrival.q50),
      p90Ms: after(now, arrival.q90),
    }
    return c.json({ booking: await shown(deps, booking), arrival: at ?? null }, 200)
  }

  app.openapi(recommendRoute, (c) => recommended(c, c.req.valid('json')) as never)
  app.openapi(onTheWayRoute, (c) => underway(c, c.req.valid('json').cell) as never)
  app.openapi(feedbackRoute, async (c) => {
    const done = await deps.feedback({ ...ownOf(c), ...c.req.valid('json') })
    if (!done.ok) return refused(c, done.error) as never
    return c.json(await shown(deps, done.value), 200)
  })
  return app
}

function slotJson({ station, start, reasons, price, eta, live, distanceKm }: RecommendedSlot) {
  return {
    ...{ station: station.no, stationName: station.name, startMs: start },
    ...{ endMs: after(start, windowLength), reasons: [...reasons], pricePaisePerKg: price },
    eta: eta === undefined ? null : { medianMin: inMinutes(eta.q50), p90Min: inMinutes(eta.q90) },
    ...{ distanceKm, wait: live?.wait ?? null },
  }
}

function inMinutes(time: Millis): number {
  return Math.ceil(time / minutes(1))
}
