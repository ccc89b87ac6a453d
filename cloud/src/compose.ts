import { before } from '@baari/shared/units/time'
import { pino } from 'pino'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Pool } from 'pg'
import { listen } from './adapters/http/serve.ts'
import { databaseOf } from './adapters/postgres/database.ts'
import { dropExpiredRows } from './adapters/postgres/expired-rows.ts'
import { leaseAsksOf } from './adapters/postgres/leases.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { migrations } from './adapters/postgres/migrations/all.ts'
import { openPool } from './adapters/postgres/pool.ts'
import { saleBookOf } from './adapters/postgres/sale-book.ts'
import { learnShows } from './adapters/postgres/show-odds.ts'
import { stationDays } from './adapters/postgres/sync/day-store.ts'
import { stationDigests } from './adapters/postgres/sync/digest-store.ts'
import { stationsOf } from './adapters/postgres/stations.ts'
import { waitlistOf } from './adapters/postgres/waitlist.ts'
import { verifyStationText } from './adapters/sync-http/station-signature.ts'
import { randomIds } from './adapters/system/random-ids.ts'
import { systemClock } from './adapters/system/system-clock.ts'
import { provisionalNoShowAfter } from './domain/booking/sale-rules.ts'
import { runWaitlist } from './app/bookings/standby.ts'
import { sweepBookings } from './app/bookings/sweep-bookings.ts'
import { checkDays } from './app/sync/check-days.ts'
import { forecastSide } from './compose/forecast-side.ts'
import { httpSurface } from './compose/http-surface.ts'
import { startJobs } from './compose/jobs.ts'
import { openKeys } from './compose/keys.ts'
import { stationSide } from './compose/station-side.ts'
import type { CloudConfig } from './config.ts'

export type Cloud = {
  readonly url: string
  /** Stops taking requests, finishes the running ones, ends the jobs and closes the pool. */
  stop(): Promise<void>
}

const stopGraceMs = 5_000

/** Builds the cloud, starts it in order; `stop` disposes in reverse. */
export async function composeCloud(config: CloudConfig): Promise<Cloud> {
  const logger = pino({ name: 'cloud' })
  const log = (error: unknown, what: string): void => logger.error({ err: error }, what)
  const [clock, ids] = [systemClock, randomIds]
  const pool = openPool({
    url: config.databaseUrl,
    size: config.poolSize,
    onFault: (error) => log(error, 'an idle database connection broke'),
  })
  await migrate(pool, migrations)
  const keys = await openKeys({ folder: config.dataFolder, pool, clock })

  const db = databaseOf(pool)
  const stations = stationsOf(db, keys.stationSecrets.open)
  const book = saleBookOf(pool, clock)

  const sale = {
    ...{ book, stations, issuer: keys.issuer, clock, ids, asks: leaseAsksOf(db) },
    waitlist: waitlistOf(pool, clock),
  }

  const forecast = forecastSide({ pool, clock, ids, signer: keys.signer })
  const station = await stationSide({
    ...{ pool, databaseUrl: config.databaseUrl, shapes: config.shapes },
    ...{ clock, ids, keys, log, offerModel: forecast.offer },
  })
  const app = await httpSurface({
    ...{ config, pool, clock, ids, keys, sale, log },
    registry: metricsOf(pool),
    stationSide: station.routes,
    giveEnrolCode: station.giveEnrolCode,
    forecast: forecast.routes,
  })
  await station.keepStreams()
  const listening = await listen(app.fetch, config)
  const stopJobs = startJobs(
    clock,
    {
      runWaitlist: () => runWaitlist(sale),
      sweepBookings: () => sweepBookings({ book, clock }),
      learnShows: () =>
        learnShows(db, { endedBefore: before(clock.now(), provisionalNoShowAfter), limit: 500 }),
      keepKeys: keys.keep,
      dropExpiredRows: () => dropExpiredRows(db, clock.now()),
      checkDays: () =>
        checkDays({ days: stationDays(pool, stationDigests(pool)), verify: verifyStationText }),
      replayDeferred: station.replayDeferred,
      keepStreams: station.keepStreams,
      ...forecast.jobs,
    },
    (error, name) => log(error, `job ${name} failed and will run again`),
  )
  // After an upgrade at once, not at the job's first turn; stations are served meanwhile.
  void station.replayDeferred().catch((error: unknown) => log(error, 'deferred ops not replayed'))
  return {
    url: listening.url,
    async stop() {
      await forecast.stop()
      await stopJobs()
      await station.stop()
      await listening.stop(stopGraceMs)
      await pool.end()
    },
  }
}

function metricsOf(pool: Pool): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'baari_database_connections',
    help: 'Connections of the pool, and requests waiting for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'open' }, pool.totalCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  return registry
}
