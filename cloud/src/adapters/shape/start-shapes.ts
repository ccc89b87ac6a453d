import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { hours, type Millis } from '@baari/shared/units/time'
import type { Hono, MiddlewareHandler } from 'hono'
import type { Pool } from 'pg'
import type { StationSession } from '../../ports/station-sessions.ts'
import { changeBell } from './change-bell.ts'
import { changeHub } from './change-hub.ts'
import { changeProbe } from './change-probe.ts'
import { currentDbEpoch } from './db-epoch.ts'
import type { CacheTimes } from './response-headers.ts'
import { pruneShapes, usualRetention } from './retention.ts'
import { shapeRoutes } from './shape-routes.ts'
import { shapeStore } from './shape-store.ts'
import { tableCatalog } from './table-catalog.ts'

export type ShapesConfig = {
  readonly chunkBytes: number
  readonly holdFor: Millis
  readonly cache: CacheTimes
}

export type ShapesDeps = {
  readonly pool: Pool
  /** For the one connection that listens. */
  readonly databaseUrl: string
  readonly clock: Clock
  readonly prng: Prng
  readonly config: ShapesConfig
  readonly admit: MiddlewareHandler<{ Variables: { session: StationSession } }>
  readonly onFault: (error: unknown) => void
}

export type Shapes = {
  readonly routes: Hono<{ Variables: { session: StationSession } }>
  /** After a commit of this process: waiters are woken here and in the other processes. */
  changed(): void
  /** Long polls under way. */
  waiting(): number
  stop(): Promise<void>
}

const pruneEvery = hours(1)

/** Starts the shape server over the cloud's own pool. */
export async function startShapes(deps: ShapesDeps): Promise<Shapes> {
  const { pool, clock, config, onFault } = deps
  const dbEpoch = await currentDbEpoch(pool)
  const hub = changeHub({ probe: changeProbe(pool), clock, onFault })
  const bell = changeBell({ url: deps.databaseUrl, clock, onRing: hub.look, onFault })
  const store = shapeStore({
    pool,
    dbEpoch,
    chunkBytes: config.chunkBytes,
    stamp: stamps(clock, deps.prng),
  })
  let cancelPrune = (): void => undefined
  const prune = (): void => {
    pruneShapes(pool, usualRetention).catch(onFault)
    cancelPrune = clock.after('shape retention', pruneEvery, prune)
  }
  cancelPrune = clock.after('shape retention', pruneEvery, prune)
  const { chunkBytes, holdFor, cache } = config
  return {
    routes: shapeRoutes({
      ...{ pool, store, hub, clock, chunkBytes, holdFor, cache, onFault },
      captured: tableCatalog(pool),
      admit: deps.admit,
      prng: deps.prng,
    }),
    changed() {
      hub.look()
      bell.ring()
    },
    waiting: hub.waiting,
    async stop() {
      cancelPrune()
      hub.stop()
      await bell.stop()
    },
  }
}

/** Microseconds that rise with every call; the last three digits tell processes apart. */
function stamps(clock: Clock, prng: Prng): () => bigint {
  let last = 0n
  return () => {
    const now = BigInt(clock.now()) * 1_000n + BigInt(Math.floor(prng.next() * 1_000))
    last = now > last ? now : last + 1n
    return last
  }
}
