import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'
import { saleBookOf } from '../adapters/postgres/sale-book.ts'
import { nextChain } from '../adapters/postgres/sync/chain-hash.ts'
import { stationDigests } from '../adapters/postgres/sync/digest-store.ts'
import { stationSessions } from '../adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../adapters/postgres/sync/stream-store.ts'
import { startShapes } from '../adapters/shape/start-shapes.ts'
import { digestRoutes } from '../adapters/sync-http/digest-routes.ts'
import { syncDesk } from '../adapters/postgres/sync/sync-desk.ts'
import { bearer } from '../adapters/sync-http/bearer.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import { finishCancels } from '../app/sync/finish-cancels.ts'

export type StationSideParts = {
  readonly pool: Pool
  readonly databaseUrl: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
}

export type StationSide = {
  readonly routes: readonly Hono[]
  /** Ends held requests and the connection that listens; call it before the server stops. */
  stop(): Promise<void>
}

/** sync.md 6.7: one chunk, the hold of a live request, and what a client may keep. */
const shapes = {
  chunkBytes: 1_048_576,
  holdFor: seconds(20),
  cache: { maxAgeS: 60, staleS: 300 },
}

/** Routes of the stations: they sign in by key, carry no cookie and have their own bounds. */
export async function stationSide(parts: StationSideParts): Promise<StationSide> {
  const { pool, databaseUrl, clock, ids, log } = parts
  const onFault = (error: unknown): void => log(error, 'station side')
  // Jitter of Retry-After and of cursors: spreads stations, decides nothing.
  const prng = { next: () => Number.parseInt(ids.hex(4), 16) / 2 ** 32 }
  const sessions = stationSessions(pool, () => clock.now())
  const admit = bearer({ sessions, clock })
  const served = await startShapes({
    ...{ pool, databaseUrl, clock, prng, admit, onFault },
    config: shapes,
  })
  const routes = stationRoutes({
    ...{ sessions, clock, ids, prng },
    streams: stationStreams(pool),
    nextHash: nextChain,
    verify: verifyStationText,
    finishCancels: finishCancels(saleBookOf(pool, clock), onFault),
    onFault: log,
    onApplied: served.changed,
    onHeard: (from) => void syncDesk(pool, clock).heard(from).catch(onFault),
  })
  const digests = digestRoutes({
    ...{ sessions, clock },
    digests: stationDigests(pool),
    onFault: log,
  })
  return {
    routes: [
      routes as unknown as Hono,
      digests as unknown as Hono,
      served.routes as unknown as Hono,
    ],
    stop: served.stop,
  }
}
