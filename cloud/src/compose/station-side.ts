import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource } from '@baari/shared/runtime/chance'
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
  /** Ends the long polls first, so that the server can close. */
  stop(): Promise<void>
}

/** sync.md section 6.7: what a station is served by default. */
const shapes: ShapesConfig = {
  chunkBytes: 1_048_576,
  holdFor: seconds(20),
  cache: { maxAgeS: 60, staleS: 300 },
}

/** Routes of the stations: they sign in by key, carry no cookie and have their own bounds. */
export async function stationSide(parts: StationSideParts): Promise<StationSide> {
  const { pool, clock, ids, log } = parts
  const onFault = (error: unknown): void => log(error, 'a station request failed')
  // Jitter of Retry-After and cursors: spreads stations, decides nothing.
  const prng = { next: () => Number.parseInt(ids.hex(4), 16) / 2 ** 32 }
  const sessions = stationSessions(pool, () => clock.now())
  const down = await startShapes({
    ...parts,
    prng,
    config: shapes,
    admit: bearer({ sessions, clock }),
    onFault,
  })
  const up = stationRoutes({
    sessions,
    streams: stationStreams(pool),
    clock,
    ids,
    prng,
    nextHash: nextChain,
    verify: verifyStationText,
    onFault,
    onApplied: down.changed,
  })
  return { routes: [up as unknown as Hono, down.routes as unknown as Hono], stop: down.stop }
}
