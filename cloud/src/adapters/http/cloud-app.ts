import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { except } from 'hono/combine'
import { timeout } from 'hono/timeout'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Registry } from 'prom-client'
import type { IdempotencyStore } from '../../ports/idempotency.ts'
import type { LinkDesk } from '../../ports/link-desk.ts'
import type { CloudEnv } from './cloud-env.ts'
import { healthRoutes, type HealthFacts } from './health.ts'
import { faultsToProblems, type FaultLog, type StoreAway } from './middleware/faults-to-problems.ts'
import { idempotency } from './middleware/idempotency.ts'
import { originCheck } from './middleware/origin-check.ts'
import { driverOnly, operatorOnly, type OperatorAccess } from './middleware/sign-in-checks.ts'
import { dashboardPages, docsPages, driverPages } from './pages.ts'
import { failed } from './problem.ts'
import { requestMetrics } from './request-metrics.ts'
import { bookingRoutes, type BookingRoutes } from './routes/bookings.ts'
import { driverRoutes, type DriverRoutes } from './routes/drivers.ts'
import { forecastRoutes, type ForecastRoutes } from './routes/forecast-models.ts'
import { recommendationRoutes, type RecommendationRoutes } from './routes/recommendations.ts'
import { stationFeedbackRoutes, type StationFeedbackRoutes } from './routes/station-feedback.ts'
import { otherWindowRoutes, type OtherWindowRoutes } from './routes/other-windows.ts'
import { outOfTurnRoutes, type OutOfTurnRoutes } from './routes/out-of-turn.ts'
import { operatorRoutes, type OperatorRoutes } from './routes/operators.ts'
import { syncDeskRoutes, type SyncDeskRoutes } from './routes/sync-desk.ts'
import { supplyRoutes, type SupplyRoutes } from './routes/supply.ts'
import { signInRoutes, type SignInRoutes } from './routes/sign-in.ts'
import { stationRoutes, type StationRoutes } from './routes/stations.ts'
import { linkDeskRoutes } from './routes/link-desk.ts'
import { liveRoutes, type LiveRoutes } from './routes/live-desk.ts'
import { whatIfPath, whatIfRoutes, type WhatIfRoutes } from './routes/what-if.ts'

export type CloudAppParts = {
  readonly health: HealthFacts
  readonly signIn: SignInRoutes
  readonly operatorAccess: OperatorAccess
  readonly drivers: DriverRoutes
  readonly stations: StationRoutes
  readonly bookings: BookingRoutes & OtherWindowRoutes & RecommendationRoutes
  readonly stationFeedback: StationFeedbackRoutes
  readonly operators: OperatorRoutes
  readonly supply: SupplyRoutes
  readonly syncDesk: SyncDeskRoutes
  readonly linkDesk: Omit<LinkDesk, 'heard'>
  readonly live: LiveRoutes
  readonly outOfTurn: OutOfTurnRoutes
  readonly whatIf: WhatIfRoutes
  readonly forecast: ForecastRoutes
  readonly idempotency: IdempotencyStore
  readonly clock: Clock
  readonly registry: Registry
  readonly origins: readonly string[]
  readonly storeAway: StoreAway
  readonly log: FaultLog
  readonly driverWebFolder: string | undefined
  readonly dashboardFolder: string | undefined
  readonly docsAssetFolder: string
  /** Routes with their own limits and sign-in, such as the stations': mounted before ours. */
  readonly stationSide: readonly Hono[]
}

const maxBodyBytes = 65_536
const requestDeadlineMs = 15_000
/** `/*` also matches the path above it; a path named twice would run its guards twice. */
const driverPaths = [
  ...['/v1/me', '/v1/vehicles', '/v1/bookings/*', '/v1/holds/*', '/v1/waitlist'],
  ...['/v1/lots', '/v1/recommendations'],
  '/api/booking/*',
]

/** The whole HTTP surface of the cloud. */
export function cloudApp(parts: CloudAppParts): OpenAPIHono<CloudEnv> {
  const app = new OpenAPIHono<CloudEnv>()
  app.onError(faultsToProblems(parts.storeAway, parts.log))
  app.notFound((c) => failed(c, 'unknown_address', 404))
  app.use(requestMetrics(parts.registry, () => parts.clock.mono()))
  app.route('/', healthRoutes(parts.health))
  for (const routes of parts.stationSide) app.route('/', routes)
  guard(app, parts)
  app.route('/', signInRoutes(parts.signIn))
  app.route('/', stationRoutes(parts.stations))
  app.route('/', driverRoutes(parts.drivers))
  app.route('/', bookingRoutes(parts.bookings))
  app.route('/', otherWindowRoutes(parts.bookings))
  app.route('/', recommendationRoutes(parts.bookings))
  app.route('/', operatorRoutes(parts.operators))
  app.route('/', stationFeedbackRoutes(parts.stationFeedback))
  app.route('/', supplyRoutes(parts.supply))
  app.route('/', syncDeskRoutes(parts.syncDesk))
  app.route('/', linkDeskRoutes(parts.linkDesk))
  app.route('/', liveRoutes(parts.live))
  app.route('/', outOfTurnRoutes(parts.outOfTurn))
  app.route('/', whatIfRoutes(parts.whatIf))
  app.route('/', forecastRoutes(parts.forecast))
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Baari cloud', version: '0.1.0' },
  })
  app.route('/', docsPages(parts.docsAssetFolder))
  app.route('/', dashboardPages(parts.dashboardFolder))
  app.route('/', driverPages(parts.driverWebFolder))
  return app
}

/** Limits for everybody, then who may pass, then the memory of what was answered before. */
function guard(app: OpenAPIHono<CloudEnv>, parts: CloudAppParts): void {
  for (const path of ['/v1/*', '/api/*']) {
    // A what-if waits for its turn and has bounds of its own.
    app.use(path, except(whatIfPath, timeout(requestDeadlineMs)))
    app.use(path, bodyLimit({ maxSize: maxBodyBytes, onError: (c) => failed(c, 'too_long', 413) }))
    app.use(path, originCheck(parts.origins))
  }
  const once = idempotency({ store: parts.idempotency, clock: parts.clock })
  for (const path of driverPaths) {
    app.use(path, driverOnly(parts.signIn.driverSessions), once)
  }
  const readers = operatorOnly(parts.operatorAccess, ['admin', 'operator', 'auditor'])
  app.use('/v1/operator/stations/*', readers, once)
  app.use('/v1/operator/me', readers)
  app.use('/v1/operator/live', readers)
  app.use('/v1/operator/out-of-turn', readers)
  app.use('/v1/operator/out-of-turn.csv', readers)
  app.use('/v1/sync/*', readers)
  app.use('/v1/forecast/*', readers)
  for (const path of [
    ...['/api/retrain-model', '/v1/forecast/rollback', '/v1/forecast/event-days/*'],
    whatIfPath,
  ]) {
    app.use(path, operatorOnly(parts.operatorAccess, ['admin', 'operator']))
  }
  app.use(
    '/v1/operator/stations/:no/place',
    operatorOnly(parts.operatorAccess, ['admin', 'operator']),
  )
  app.use('/v1/stations/:no/supply-cut', operatorOnly(parts.operatorAccess, ['admin', 'operator']))
  app.use('/v1/sync/conflicts/resolve', operatorOnly(parts.operatorAccess, ['admin', 'operator']))
  // Not behind `once`: a remembered answer would keep the code in the clear.
  app.use('/v1/stations/:no/enrol-code', operatorOnly(parts.operatorAccess, ['admin', 'operator']))
}
