import type { Result } from '@baari/shared/faults/result'
import { err, ok } from '@baari/shared/faults/result'
import type { Clock } from '@baari/shared/runtime/clock'
import { doorNames } from '../adapters/http/door-guards.ts'
import { httpApp } from '../adapters/http/http-app.ts'
import { startHttpServer, type HttpServer } from '../adapters/http/http-server.ts'
import { kioskFiles } from '../adapters/http/kiosk-files.ts'
import type { MetricsPage } from '../adapters/metrics/station-metrics.ts'
import type { Config } from '../config.ts'
import type { Live } from '../ports/live.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Readiness } from '../ports/readiness.ts'
import type { StationDesk } from '../ports/station-desk.ts'

export type StartDoors = {
  readonly http: Config['http']
  readonly desk: StationDesk
  readonly live: Live
  readonly readiness: Readiness
  readonly page: MetricsPage
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/**
 * Opens the doors last, when everything behind them runs. The names the node answers to hold its
 * port, which the system may have chosen, so the application is made after listening began.
 */
export async function startDoors(parts: StartDoors): Promise<Result<HttpServer, string>> {
  const { http, live } = parts
  let app: ReturnType<typeof httpApp> | undefined
  const server = await startHttpServer(
    (request, connection) => app?.fetch(request, connection) ?? new Response(null, { status: 503 }),
    http,
  )
  if (!server.ok) return err(server.error)
  app = httpApp({
    ...parts,
    kiosk: kioskFiles(http.kioskFolder),
    metricsText: parts.page,
    names: doorNames({ ...http, port: server.value.port }),
  })
  return ok({
    port: server.value.port,
    async stop() {
      live.close()
      await server.value.stop()
    },
  })
}
