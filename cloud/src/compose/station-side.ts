import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource, Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { seconds } from '@baari/shared/units/time'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'
import { nextChain } from '../adapters/postgres/sync/chain-hash.ts'
import { stationSessions } from '../adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../adapters/postgres/sync/stream-store.ts'
import { startShapes, type ShapesConfig } from '../adapters/shape/start-shapes.ts'
import { bearer } from '../adapters/sync-http/bearer.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'

export type StationSideParts = {
  readonly pool: Pool
  readonly databaseUrl: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
}

export type StationSide = {
  readonly routes: readonly Hono[]
  /** Ends the long polls, so that the server can stop. */
  stop(): Promise<void>
}

/** sync.md section 6: answers of at most 10 MB, held for 20 s, kept by nobody but the station. */
const shapesConfig: ShapesConfig = {
  chunkBytes: 10_485_760,
  holdFor: seconds(20),
  cache: { maxAgeS: 60, staleS: 300 },
}

/** Routes of the stations: they sign in by key, carry no cookie and have their own bounds. */
export async function startStationSide(parts: StationSideParts): Promise<StationSide> {
  const { pool, databaseUrl, clock, ids, log } = parts
  const sessions = stationSessions(pool, () => clock.now())
  // Jitter of Retry-After and of cursors: spreads stations, decides nothing.
  const prng: Prng = { next: () => Number.parseInt(ids.hex(4), 16) / 2 ** 32 }
  const shapes = await startShapes({
    pool,
    databaseUrl,
    clock,
    prng,
    config: shapesConfig,
    admit: bearer({ sessions, clock }),
    onFault: (error) => log(error, 'shape'),
  })
  const stations = stationRoutes({
    sessions,
    streams: stationStreams(pool),
    clock,
    ids,
    prng,
    nextHash: nextChain,
    verify: verifyStationText,
    onFault: log,
    onApplied: () => shapes.changed(),
  })
  return { routes: [stations, shapes.routes] as unknown as Hono[], stop: () => shapes.stop() }
}
