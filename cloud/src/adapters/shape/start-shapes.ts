import type { Prng } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { hours, type Millis } from '@baari/shared/units/time'
import type { Hono } from 'hono'
import type { Pool } from 'pg'
import { changeBell } from './change-bell.ts'
import { changeHub } from './change-hub.ts'
import { changeProbe } from './change-probe.ts'
import { currentDbEpoch } from './db-epoch.ts'
import { openGate } from './open-gate.ts'
import { openShapeRoutes } from './open-routes.ts'
import { cacheControls, type CacheTimes } from './response-headers.ts'
import { pruneShapes, usualRetention } from './retention.ts'
import { logReader } from './shape-log.ts'
import { sharedReads } from './shared-reads.ts'
import { shapeStore } from './shape-store.ts'
import { stationShapeRoutes, type AdmitStation } from './station-routes.ts'
import { stationTables } from './station-tables.ts'

export type ShapesConfig = {
  readonly chunkBytes: number
  /** How long a live request is held, and how long an event stream lives. */
  readonly holdFor: Millis
  readonly streamFor: Millis
  readonly cache: CacheTimes
}

/** Who comes in: stations by their session, or on loopback anybody for anything. */
export type ShapeDoor =
  | { readonly kind: 'stations'; readonly admit: AdmitStation }
  | { readonly kind: 'open'; readonly allowDelete: boolean }

export type ShapesDeps = {
  readonly pool: Pool
  /** For the one connection that listens. */
  readonly databaseUrl: string
  readonly clock: Clock
  readonly prng: Prng
  readonly config: ShapesConfig
  readonly door: ShapeDoor
  readonly onFault: (error: unknown) => void
}

export type Shapes = {
  readonly routes: Hono
  /** After a commit of this process: waiters are woken here and in the other processes. */
  changed(): void
  /** Held requests and streams that wait. */
  waiting(): number
  stop(): Promise<void>
}

const pruneEvery = hours(1)

/** Starts the shape server over the cloud's own pool. */
export async function startShapes(deps: ShapesDeps): Promise<Shapes> {
  const { pool, clock, onFault } = deps
  const dbEpoch = await currentDbEpoch(pool)
  const hub = changeHub({ probe: changeProbe(pool), clock, onFault })
  const bell = changeBell({
    ...{ url: deps.databaseUrl, clock, onRing: hub.look, onFault },
    // One that was restored under our feet retires its handles as if we had started on it.
    onConnected() {
      hub.forget()
      void currentDbEpoch(pool).catch(onFault)
    },
  })
  let cancelPrune = (): void => undefined
  const prune = (): void => {
    pruneShapes(pool, usualRetention).catch(onFault)
    cancelPrune = clock.after('shape retention', pruneEvery, prune)
  }
  cancelPrune = clock.after('shape retention', pruneEvery, prune)
  const { chunkBytes } = deps.config
  const stamp = stamps(clock, deps.prng)
  const store = shapeStore({ pool, dbEpoch, chunkBytes, stamp, clock, onFault })
  return {
    routes: routesOf(deps, { store, hub }),
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

type Parts = {
  readonly store: ReturnType<typeof shapeStore>
  readonly hub: ReturnType<typeof changeHub>
}

function routesOf(deps: ShapesDeps, parts: Parts): Hono {
  const { pool, clock, prng, onFault, config, door } = deps
  const { chunkBytes, holdFor, streamFor } = config
  const scope = door.kind === 'open' ? 'public' : 'private'
  const about = {
    ...parts,
    ...{
      readLog: sharedReads(logReader(pool)),
      clock,
      prng,
      chunkBytes,
      holdFor,
      streamFor,
      onFault,
    },
    cache: cacheControls({ ...config.cache, scope, streamS: Math.floor(streamFor / 1_000) }),
    healthy: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
  }
  if (door.kind === 'open') {
    const { allowDelete } = door
    return openShapeRoutes({ ...about, pool, openGate: openGate(pool, clock), allowDelete })
  }
  const captured = stationTables(pool)
  return stationShapeRoutes({ ...about, captured, admit: door.admit }) as unknown as Hono
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
