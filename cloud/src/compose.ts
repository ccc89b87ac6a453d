import { pino } from 'pino'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Pool } from 'pg'
import { listen } from './adapters/http/serve.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { migrations } from './adapters/postgres/migrations/all.ts'
import { openPool } from './adapters/postgres/pool.ts'
import { randomIds } from './adapters/system/random-ids.ts'
import { systemClock } from './adapters/system/system-clock.ts'
import { forecastSide } from './compose/forecast-side.ts'
import { httpSurface } from './compose/http-surface.ts'
import { jobRunsOf } from './compose/job-runs.ts'
import { startJobs } from './compose/jobs.ts'
import { openKeys } from './compose/keys.ts'
import { messageSide } from './compose/message-side.ts'
import { recommendSide } from './compose/recommend-side.ts'
import { salePartsOf } from './compose/sale-parts.ts'
import { stationSide } from './compose/station-side.ts'
import { whatIfSide } from './compose/what-if-side.ts'
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

  const sale = salePartsOf({ pool, clock, ids, keys })
  const registry = metricsOf(pool)
  const messages = messageSide({ config, pool, clock, drivers: sale.drivers, registry })
  const forecast = forecastSide({
    ...{ pool, clock, ids, signer: keys.signer },
    tell: (alarm) => logger.error({ alarm }, 'a forecast model drifts'),
  })
  const recommend = recommendSide({ pool, clock, ids, sale, routesUrl: config.routesUrl })
  const station = await stationSide({
    ...{ pool, databaseUrl: config.databaseUrl, shapes: config.shapes },
    ...{ clock, ids, keys, log, offerModel: forecast.offer },
  })
  const whatIf = whatIfSide()
  const app = await httpSurface({
    ...{ config, pool, clock, ids, keys, sale, log },
    registry,
    messages,
    stationSide: [...station.routes, messages.routes],
    giveEnrolCode: station.giveEnrolCode,
    forecast: forecast.routes,
    whatIf: whatIf.routes,
    recommend,
  })
  await station.keepStreams()
  const listening = await listen(app.fetch, config)
  const jobs = { ...forecast.jobs, ...messages.jobs, ...recommend.jobs }
  const runs = { ...jobRunsOf({ pool, clock, keys, sale, station }), ...jobs }
  const stopJobs = startJobs(clock, runs, (error, name) =>
    log(error, `job ${name} failed and will run again`),
  )
  // After an upgrade at once, not at the job's first turn; stations are served meanwhile.
  void station.replayDeferred().catch((error: unknown) => log(error, 'deferred ops not replayed'))
  return {
    url: listening.url,
    async stop() {
      await forecast.stop()
      await whatIf.stop()
      await recommend.stop()
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
