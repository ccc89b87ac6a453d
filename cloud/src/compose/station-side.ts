import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { nextChain } from '../adapters/postgres/sync/chain-hash.ts'
import { stationSessions } from '../adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../adapters/postgres/sync/stream-store.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'

export type StationSideParts = {
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
}

/** Routes of the stations: they sign in by key, carry no cookie and have their own bounds. */
export function stationSide({ pool, clock, ids, log }: StationSideParts): readonly Hono[] {
  const routes = stationRoutes({
    sessions: stationSessions(pool, () => clock.now()),
    streams: stationStreams(pool),
    clock,
    ids,
    // Jitter of Retry-After: spreads stations, decides nothing.
    prng: { next: () => Number.parseInt(ids.hex(4), 16) / 2 ** 32 },
    nextHash: nextChain,
    verify: verifyStationText,
    onFault: log,
    onApplied: () => undefined,
  })
  return [routes as unknown as Hono]
}
