import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  booking as bookingBody,
  bookingPage,
  offerAnswer,
} from '@baari/shared/contracts/http/cloud-api'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import { bookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { Booking } from '../../../domain/booking/booking.ts'
import type { StandbyAnswer } from '../../../domain/booking/standby.ts'
import type { BookingWish } from '../../../app/bookings/make-booking.ts'
import type { OwnBooking } from '../../../app/bookings/confirm-hold.ts'
import type { Drivers } from '../../../ports/people.ts'
import type { SaleBook } from '../../../ports/sales.ts'
import { wishBody, wishOf } from '../booking-wish.ts'
import { shown, shownAll, type ShownParts } from '../shown-bookings.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'
import {
  contractApp,
  idParam,
  jsonAnswer,
  jsonBody,
  pageQuery,
  problems,
  writeHeaders,
} from '../route-parts.ts'

export type BookingRoutes = ShownParts & {
  readonly make: (wish: BookingWish) => Promise<Result<Booking, Refusal>>
  readonly confirm: (own: OwnBooking) => Promise<Result<Booking, Refusal>>
  readonly cancel: (own: OwnBooking) => Promise<Result<Booking, Refusal>>
  readonly join: (wish: BookingWish) => Promise<Result<Booking, Refusal>>
  readonly answer: (
    own: OwnBooking & { readonly answer: StandbyAnswer },
  ) => Promise<Result<Booking, Refusal>>
  readonly alternatives: (wish: BookingWish) => Promise<readonly Instant[]>
  readonly book: Pick<SaleBook, 'find' | 'ofDriver'>
  readonly drivers: Pick<Drivers, 'vehicle'>
}

const own = { params: idParam('id') }
const answers = { 200: jsonAnswer(bookingBody, 'The booking') }
const made = {
  201: jsonAnswer(bookingBody, 'The booking'),
  ...problems(400, 401, 404, 409, 422, 503),
}

const makeRoute = createRoute({
  method: 'post',
  path: '/v1/bookings',
  summary: 'Book a window, paid at the pump and valid at once; 409 names three alternatives',
  request: { headers: writeHeaders, body: jsonBody(wishBody) },
  responses: made,
})
const holdRoute = createRoute({
  ...makeRoute,
  path: '/v1/holds',
  summary: 'Keep a window for ten minutes',
})
const joinRoute = createRoute({
  ...makeRoute,
  path: '/v1/waitlist',
  summary: 'Wait for a place in a window; one is offered when it comes free',
})
const offerRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/offer',
  summary: 'Accept an offered window, snooze, or leave the waiting list',
  request: { headers: writeHeaders, body: jsonBody(offerAnswer), ...own },
  responses: { ...answers, ...problems(400, 401, 404, 409, 503) },
})
const confirmRoute = createRoute({
  method: 'post',
  path: '/v1/holds/{id}/confirm',
  summary: 'Turn a hold into a booking',
  request: { headers: writeHeaders, ...own },
  responses: { ...answers, ...problems(400, 401, 404, 409, 503) },
})
const dropRoute = createRoute({
  method: 'delete',
  path: '/v1/holds/{id}',
  summary: 'Release a hold',
  request: { headers: writeHeaders, ...own },
  responses: { 204: { description: 'Released' }, ...problems(400, 401, 404, 409, 503) },
})
const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/bookings/{id}/cancel',
  summary: 'Cancel; final when the station has acknowledged it',
  request: { headers: writeHeaders, ...own },
  responses: { ...answers, ...problems(400, 401, 404, 409, 503) },
})
const listRoute = createRoute({
  method: 'get',
  path: '/v1/bookings',
  summary: 'Own bookings, newest first',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(bookingPage, 'One page'), ...problems(400, 401, 503) },
})
const findRoute = createRoute({
  method: 'get',
  path: '/v1/bookings/{id}',
  summary: 'One own booking',
  request: own,
  responses: { ...answers, ...problems(400, 401, 404, 503) },
})
/** Alias with the same meaning, wanted by name (architecture.md, HTTP surfaces). */
const aliasRoute = createRoute({ ...findRoute, path: '/api/booking/{id}' })

const cursorText = z.string().regex(/^[0-9a-f-]{36}$/)

type Wished = { readonly hold: boolean; readonly sell: BookingRoutes['make'] }

export function bookingRoutes(deps: BookingRoutes) {
  const app = contractApp<CloudEnv>()
  const ownOf = (c: Context<CloudEnv>): OwnBooking => ({
    id: bookingId(c.req.param('id') ?? ''),
    driver: c.get('driver'),
  })

  async function wished(c: Context<CloudEnv>, body: z.output<typeof wishBody>, how: Wished) {
    const wish = await wishOf(c, deps, { body, hold: how.hold })
    if (wish === undefined) return refused(c, refusal('vehicle_unknown'))
    const sold = await how.sell(wish)
    if (sold.ok) return c.json(await shown(deps, sold.value), 201)
    const full = sold.error.code === 'window_full'
    return refused(c, sold.error, full ? { alternatives: await deps.alternatives(wish) } : {})
  }

  async function found(c: Context<CloudEnv>): Promise<Response> {
    const { id, driver } = ownOf(c)
    const booking = await deps.book.find(id)
    if (booking?.driver !== driver) return refused(c, refusal('booking_unknown'))
    return c.json(await shown(deps, booking), 200)
  }

  const reply = async (c: Context<CloudEnv>, done: Result<Booking, Refusal>) =>
    done.ok ? c.json(await shown(deps, done.value), 200) : refused(c, done.error)

  const { make: sell, join } = deps
  app.openapi(makeRoute, (c) => wished(c, c.req.valid('json'), { hold: false, sell }) as never)
  app.openapi(holdRoute, (c) => wished(c, c.req.valid('json'), { hold: true, sell }) as never)
  app.openapi(
    joinRoute,
    (c) => wished(c, c.req.valid('json'), { hold: false, sell: join }) as never,
  )
  app.openapi(
    offerRoute,
    async (c) => reply(c, await deps.answer({ ...ownOf(c), ...c.req.valid('json') })) as never,
  )
  app.openapi(findRoute, (c) => found(c) as never)
  app.openapi(aliasRoute, (c) => found(c) as never)
  app.openapi(confirmRoute, async (c) => reply(c, await deps.confirm(ownOf(c))) as never)
  app.openapi(cancelRoute, async (c) => reply(c, await deps.cancel(ownOf(c))) as never)
  app.openapi(dropRoute, async (c) => {
    const dropped = await deps.cancel(ownOf(c))
    return dropped.ok ? c.body(null, 204) : refused(c, dropped.error)
  })
  app.openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const before = cursorText.safeParse(cursor)
    const rows = await deps.book.ofDriver(c.get('driver'), {
      before: before.success ? bookingId(before.data) : undefined,
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null
    return c.json({ bookings: await shownAll(deps, page), nextCursor }, 200)
  })
  return app
}
