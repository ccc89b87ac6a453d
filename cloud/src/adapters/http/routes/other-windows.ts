import { createRoute, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  booking as bookingBody,
  lateNotice,
  lotEntry,
  retimeAnswer,
} from '@baari/shared/contracts/http/cloud-api'
import { drawAt } from '@baari/shared/domain/slots/rolling-share'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import { bookingId } from '@baari/shared/units/names'
import type { BookingWish } from '../../../app/bookings/make-booking.ts'
import type { OwnBooking } from '../../../app/bookings/confirm-hold.ts'
import type { SayLate } from '../../../app/bookings/say-late.ts'
import type { Booking } from '../../../domain/booking/booking.ts'
import type { RetimeAnswer } from '../../../domain/booking/retime.ts'
import type { LotEntry } from '../../../ports/lots.ts'
import type { Drivers } from '../../../ports/people.ts'
import { wishBody, wishOf } from '../booking-wish.ts'
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

export type OtherWindowRoutes = ShownParts & {
  readonly drivers: Pick<Drivers, 'vehicle'>
  readonly enter: (wish: BookingWish) => Promise<Result<LotEntry, Refusal>>
  readonly retime: (
    own: OwnBooking & { readonly answer: RetimeAnswer },
  ) => Promise<Result<Booking, Refusal>>
  readonly late: (own: SayLate) => Promise<Result<Booking, Refusal>>
}

const own = { params: idParam('id') }
const answers = { 200: jsonAnswer(bookingBody, 'The booking') }

const retimeRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/retime',
  summary: 'Accept the other window that was offered, or keep this one',
  request: { headers: writeHeaders, body: jsonBody(retimeAnswer), ...own },
  responses: { ...answers, ...problems(400, 401, 404, 409, 503) },
})
const lateRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/late',
  summary: 'Say when the vehicle comes; a later window is offered where there is one',
  request: { headers: writeHeaders, body: jsonBody(lateNotice), ...own },
  responses: { ...answers, ...problems(400, 401, 404, 409, 503) },
})
const lotRoute = createRoute({
  method: 'post',
  path: '/v1/lots',
  summary: 'Enter the lot of a peak hour; it is drawn an hour after the hour opened',
  request: { headers: writeHeaders, body: jsonBody(wishBody) },
  responses: {
    201: jsonAnswer(lotEntry, 'The entry'),
    ...problems(400, 401, 404, 409, 422, 503),
  },
})

/** Another window than the one that was asked for: offered, asked for by who is late, or by lot. */
export function otherWindowRoutes(deps: OtherWindowRoutes) {
  const app = contractApp<CloudEnv>()
  const ownOf = (c: Context<CloudEnv>): OwnBooking => ({
    id: bookingId(c.req.param('id') ?? ''),
    driver: c.get('driver'),
  })
  const reply = async (c: Context<CloudEnv>, done: Result<Booking, Refusal>) =>
    done.ok ? c.json(await shown(deps, done.value), 200) : refused(c, done.error)

  async function entered(c: Context<CloudEnv>, body: z.output<typeof wishBody>) {
    const wish = await wishOf(c, deps, { body, hold: false })
    if (wish === undefined) return refused(c, refusal('vehicle_unknown'))
    const done = await deps.enter(wish)
    if (!done.ok) return refused(c, done.error)
    const { id, hour } = done.value
    return c.json({ id, hourMs: hour, drawAtMs: drawAt(hour) }, 201)
  }

  app.openapi(
    retimeRoute,
    async (c) => reply(c, await deps.retime({ ...ownOf(c), ...c.req.valid('json') })) as never,
  )
  app.openapi(
    lateRoute,
    async (c) => reply(c, await deps.late({ ...ownOf(c), said: c.req.valid('json') })) as never,
  )
  app.openapi(lotRoute, (c) => entered(c, c.req.valid('json')) as never)
  return app
}
