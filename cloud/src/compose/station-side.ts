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
import { enrolmentsOf } from '../adapters/postgres/sync/enrolment-store.ts'
import { advanceAtLoss, type RestoreMark } from '../adapters/shape/db-epoch.ts'
import { startShapes } from '../adapters/shape/start-shapes.ts'
import { bearer } from '../adapters/sync-http/bearer.ts'
import { enrolRoutes } from '../adapters/sync-http/enrol-routes.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import { wrapForStation } from '../adapters/keys/secret-wrap.ts'
import { giveEnrolCode, type EnrolCode, type EnrolDeps } from '../app/sync/enrol-station.ts'
import { finishCancels } from '../app/sync/finish-cancels.ts'

import type { CloudKeys } from './keys.ts'

export type StationSideParts = {
  readonly keys: Pick<CloudKeys, 'stationSecrets' | 'hashEnrolCode' | 'signingKeys'>
  readonly pool: Pool
  readonly databaseUrl: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
}

export type StationSide = {
  readonly routes: readonly Hono[]
  /** A new enrolment code; undefined for an unknown station. */
  readonly giveEnrolCode: (stationNo: number) => Promise<EnrolCode | undefined>
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
    onPutBack: putBackNotice(parts),
    finishCancels: finishCancels(saleBookOf(pool, clock), onFault),
    onFault: log,
    onApplied: served.changed,
  })
  const enrolment = enrolmentParts(parts)
  const enrol = enrolRoutes({ ...enrolment, sessions, prng, onFault: log })
  return {
    routes: [routes, enrol, served.routes].map((one) => one as unknown as Hono),
    giveEnrolCode: (stationNo) => giveEnrolCode(enrolment, stationNo),
    stop: served.stop,
  }
}

/** Every station's handles are retired once, and the log says which station noticed. */
function putBackNotice({ pool, log }: StationSideParts): (mark: RestoreMark) => Promise<void> {
  return async (mark) => {
    if (!(await advanceAtLoss(pool, mark))) return
    const { station, stream, seq } = mark
    log(
      new RestoredDatabase(`station ${station} was acknowledged beyond ${stream} ${seq}`),
      'this database was put back; the epoch of the shapes was advanced',
    )
  }
}

/** Not a failure of this process: what it serves is older than what it has told. */
class RestoredDatabase extends Error {
  override readonly name = 'RestoredDatabase'
}

function enrolmentParts({ pool, clock, ids, keys }: StationSideParts): EnrolDeps {
  return {
    ...{ clock, ids },
    enrolments: enrolmentsOf(pool, keys.stationSecrets),
    verify: verifyStationText,
    hashCode: keys.hashEnrolCode,
    wrap: wrapForStation,
    signingKeys: keys.signingKeys,
  }
}
