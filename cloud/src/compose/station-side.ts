import type { Hono } from 'hono'
import type { Pool } from 'pg'
import type { IdSource, Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { FaultLog } from '../adapters/http/middleware/faults-to-problems.ts'
import { leasesOf } from '../adapters/postgres/leases.ts'
import { saleBookOf } from '../adapters/postgres/sale-book.ts'
import { nextChain } from '../adapters/postgres/sync/chain-hash.ts'
import { stationDigests } from '../adapters/postgres/sync/digest-store.ts'
import { stationSessions } from '../adapters/postgres/sync/session-store.ts'
import { stationStreams } from '../adapters/postgres/sync/stream-store.ts'
import { electricProxyRoutes } from '../adapters/shape/electric-proxy.ts'
import { startShapes, type Shapes } from '../adapters/shape/start-shapes.ts'
import type { AdmitStation } from '../adapters/shape/station-routes.ts'
import { digestRoutes } from '../adapters/sync-http/digest-routes.ts'
import { linkDesk } from '../adapters/postgres/sync/link-desk.ts'
import { linkNotes } from '../app/sync/link-notes.ts'
import { bearer } from '../adapters/sync-http/bearer.ts'
import { rememberedSessions } from '../adapters/sync-http/remembered-sessions.ts'
import { leaseRoutes } from '../adapters/sync-http/lease-routes.ts'
import { modelRoutes, type ModelRoutesDeps } from '../adapters/sync-http/model-routes.ts'
import { stationRoutes } from '../adapters/sync-http/station-routes.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import { keepStreams } from '../adapters/postgres/sync/stream-upkeep.ts'
import { enrolmentsOf } from '../adapters/postgres/sync/enrolment-store.ts'
import { advanceAtLoss, type RestoreMark } from '../adapters/shape/db-epoch.ts'
import { enrolRoutes } from '../adapters/sync-http/enrol-routes.ts'
import { wrapForStation } from '../adapters/keys/secret-wrap.ts'
import { giveEnrolCode, type EnrolCode, type EnrolDeps } from '../app/sync/enrol-station.ts'
import { finishCancels } from '../app/sync/finish-cancels.ts'
import type { ShapeSettings } from '../config.ts'
import { replayDeferred } from '../app/sync/replay-deferred.ts'
import { readerName } from './reader-name.ts'

import type { CloudKeys } from './keys.ts'

export type StationSideParts = {
  readonly keys: Pick<CloudKeys, 'stationSecrets' | 'hashEnrolCode' | 'signingKeys'>
  readonly pool: Pool
  readonly databaseUrl: string
  readonly shapes: ShapeSettings
  readonly clock: Clock
  readonly ids: IdSource
  readonly log: FaultLog
  /** The forecast model a station is given. */
  readonly offerModel: ModelRoutesDeps['offer']
}

export type StationSide = {
  readonly routes: readonly Hono[]
  /** Takes up ops that an older version could not read; safe to run at any time, in any process. */
  readonly replayDeferred: () => Promise<void>
  /** Opens and drops months of readings, erases what may not stay. */
  readonly keepStreams: () => Promise<void>
  /** A new enrolment code; undefined for an unknown station. */
  readonly giveEnrolCode: (stationNo: number) => Promise<EnrolCode | undefined>
  /** Ends held requests and the connection that listens; call it before the server stops. */
  stop(): Promise<void>
}

/** Of the database's connections: the rest stays for those who read shapes and for people. */
const shareForBatches = 0.6

/** Routes of the stations: they sign in by key, carry no cookie and have their own bounds. */
export async function stationSide(parts: StationSideParts): Promise<StationSide> {
  const { pool, databaseUrl, shapes, clock, ids, log } = parts
  const onFault = (error: unknown): void => log(error, 'station side')
  // Jitter of Retry-After and of cursors: spreads stations, decides nothing.
  const prng = { next: () => Number.parseInt(ids.hex(4), 16) / 2 ** 32 }
  const sessions = stationSessions(pool, () => clock.now())
  const admit = bearer({ sessions: rememberedSessions(sessions, clock), clock })
  const served = await shapesBehind({ pool, databaseUrl, shapes, clock, prng, admit, onFault })
  const streams = stationStreams(pool)
  const finish = finishCancels(saleBookOf(pool, clock), onFault)
  const notes = linkNotes({ clock, save: linkDesk(pool, clock).heard, onFault })
  const routes = stationRoutes({
    ...{ sessions, streams, clock, ids, prng },
    nextHash: nextChain,
    verify: verifyStationText,
    onPutBack: putBackNotice(parts),
    finishCancels: finish,
    onFault: log,
    onApplied: served.changed,
    onHeard: notes.heard,
    batchesAtOnce: Math.max(1, Math.floor(pool.options.max * shareForBatches)),
  })
  const lease = leaseRoutes({
    ...{ sessions, clock },
    leases: leasesOf(pool),
    onFault: log,
    onApplied: served.changed,
  })
  const digests = digestRoutes({
    ...{ sessions, clock },
    digests: stationDigests(pool),
    onFault: log,
  })
  const models = modelRoutes({ ...{ sessions, clock }, offer: parts.offerModel, onFault: log })
  const enrolment = enrolmentParts(parts)
  const enrol = enrolRoutes({ ...enrolment, sessions, prng, onFault: log })
  return {
    giveEnrolCode: (stationNo) => giveEnrolCode(enrolment, stationNo),
    routes: [
      routes as unknown as Hono,
      enrol as unknown as Hono,
      lease as unknown as Hono,
      digests as unknown as Hono,
      models as unknown as Hono,
      served.routes,
    ],
    async replayDeferred() {
      const { applied } = await replayDeferred({
        ...{ streams, clock, reader: readerName() },
        finishCancels: finish,
      })
      if (applied > 0) served.changed()
    },
    keepStreams: () => keepStreams(pool, clock.now()),
    async stop() {
      await served.stop()
      await notes.stop()
    },
  }
}

type ShapeParts = Pick<StationSideParts, 'pool' | 'databaseUrl' | 'shapes' | 'clock'> & {
  readonly prng: Prng
  readonly admit: AdmitStation
  readonly onFault: (error: unknown) => void
}

/** Our own shape server, or a real Electric service behind the same gatekeeper. */
async function shapesBehind(parts: ShapeParts): Promise<Omit<Shapes, 'waiting'>> {
  const { pool, databaseUrl, shapes, clock, prng, admit, onFault } = parts
  if (shapes.electric === undefined) {
    const door = { kind: 'stations', admit } as const
    return startShapes({ pool, databaseUrl, clock, prng, config: shapes, door, onFault })
  }
  const service = shapes.electric
  const routes = electricProxyRoutes({ service, admit, fetch, clock, prng, onFault })
  return {
    routes: routes as unknown as Hono,
    // The service reads the database's own log: nobody here has to tell it.
    changed: () => undefined,
    stop: () => Promise.resolve(),
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
