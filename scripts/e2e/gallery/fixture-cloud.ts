import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type Context } from 'hono'
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import type { Recommendations } from '@baari/shared/contracts/http/recommend-api'
import type {
  Booking,
  Driver,
  LotEntry,
  LotResult,
  StationList,
  WindowList,
} from '@baari/shared/contracts/http/cloud-api'

/** What the cloud knows of one driver; a picture shows one such state. */
export type DriverWorld = {
  /** Null before the sign-in. */
  readonly driver: Driver | null
  readonly stations: StationList['stations']
  readonly windows: WindowList['windows']
  /** False: the station lends the cloud nothing. */
  readonly lent?: boolean
  /** What the pressure gives; nobody measures it otherwise. */
  readonly fillPercent?: number
  readonly bookings: readonly Booking[]
  readonly slots?: Recommendations['slots']
  /** Answer to an entry to the lot, and what is shown of the lot. */
  readonly lot?: LotEntry
  readonly lotResult?: LotResult
  /** Code of the problem that every booking and every sign-in meets. */
  readonly refusal?: string
}

export type FixtureCloud = {
  readonly url: string
  show(world: DriverWorld): void
  close(): Promise<void>
}

/**
 * Serves the built driver page with a state that is seldom met (no window at any station), for
 * pictures and accessibility checks. What the page does with a living cloud is the end-to-end
 * run's business.
 */
export async function startFixtureCloud(dist: string, first: DriverWorld): Promise<FixtureCloud> {
  let world = first
  const app = new Hono()
  app.get('/v1/me', (c) => (world.driver ? c.json(world.driver) : problem(c, 401, 'not_signed_in')))
  app.get('/v1/stations', (c) => c.json({ stations: world.stations }))
  app.get('/v1/stations/:no/windows', (c) =>
    c.json({
      station: Number(c.req.param('no')),
      lent: world.lent ?? true,
      fillPercent: world.fillPercent ?? null,
      windows: world.windows,
    }),
  )
  app.get('/v1/bookings', (c) =>
    world.driver
      ? c.json({ bookings: world.bookings, nextCursor: null })
      : problem(c, 401, 'not_signed_in'),
  )
  app.get('/v1/bookings/:id', (c) => {
    const found = world.bookings.find(({ id }) => id === c.req.param('id'))
    return found ? c.json(found) : problem(c, 404, 'booking_unknown')
  })
  app.post('/v1/bookings/:id/on-the-way', (c) => {
    const found = world.bookings.find(({ id }) => id === c.req.param('id'))
    if (found === undefined) return problem(c, 404, 'booking_unknown')
    const arrival = { medianMs: found.windowStartMs, p90Ms: found.windowEndMs }
    return c.json({ booking: found, arrival })
  })
  app.post('/v1/recommendations', (c) => c.json({ slots: world.slots ?? [] }))
  app.post('/v1/lots', (c) => c.json(world.lot ?? {}, world.lot ? 201 : 409))
  app.get('/v1/stations/:no/lots/:hour', (c) => c.json(world.lotResult ?? {}))
  app.post('/v1/bookings', (c) => problem(c, 409, world.refusal ?? 'window_full'))
  app.post('/v1/auth/otp', (c) => c.body(null, 202))
  app.post('/v1/auth/verify', (c) => problem(c, 401, world.refusal ?? 'otp_wrong'))
  app.post('/v1/vehicles', (c) => problem(c, 422, world.refusal ?? 'plate_invalid'))
  app.use('/*', serveStatic({ root: relative(process.cwd(), dist) }))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(next) {
      world = next
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function problem(c: Context, status: 401 | 404 | 409 | 422, code: string): Response {
  return c.json({ type: 'about:blank', title: code, status, code }, status)
}
