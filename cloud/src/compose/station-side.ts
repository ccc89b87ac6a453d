import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'
import { saleBookOf } from '../adapters/postgres/sale-book.ts'
import { nextChain } from '../adapters/postgres/sync/chain-hash.ts'
import { stationSessions } from '../adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../adapters/postgres/sync/stream-store.ts'
import { startShapes } from '../adapters/shape/start-shapes.ts'
import { bearer } from '../adapters/sync-http/bearer.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import { keepStreams } from '../adapters/postgres/sync/stream-upkeep.ts'
import { finishCancels } from '../app/sync/finish-cancels.ts'
import { replayDeferred } from '../app/sync/replay-deferred.ts'
import { readerName } from './reader-name.ts'

export type StationSideParts = {
  readonly pool: Pool
  readonly databaseUrl: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
}

export type StationSide = {
  readonly routes: readonly Hono[]
  /** Takes up ops that an older version could not read; safe to run at any time, in any process. */
  readonly replayDeferred: () => Promise<void>
  /** Opens and drops months of readings, erases what may not stay. */
  readonly keepStreams: () => Promise<void>
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
  const streams = stationStreams(pool)
  const finish = finishCancels(saleBookOf(pool, clock), onFault)
  const routes = stationRoutes({
    ...{ sessions, streams, clock, ids, prng },
    nextHash: nextChain,
    verify: verifyStationText,
    finishCancels: finish,
    onFault: log,
    onApplied: served.changed,
  })
  return {
    routes: [routes as unknown as Hono, served.routes as unknown as Hono],
    async replayDeferred() {
      const { applied } = await replayDeferred({
        ...{ streams, clock, reader: readerName() },
        finishCancels: finish,
      })
      if (applied > 0) served.changed()
    },
    keepStreams: () => keepStreams(pool, clock.now()),
    stop: served.stop,
  }
}
