import { err, ok } from '@baari/shared/faults/result'
import type { Hono, MiddlewareHandler } from 'hono'
import type { StationSession } from '../../ports/station-sessions.ts'
import type { AskedShape } from './served-shape.ts'
import { answerGet, forbidden, shapeApp, shapePath, type ShapeRoutesDeps } from './shape-routes.ts'
import type { GatedShape } from './shape-definition.ts'
import { stationGate } from './station-gate.ts'
import type { CapturedTable } from './table-catalog.ts'

export type StationEnv = { Variables: { session: StationSession } }

/** Lets only stations with a session in force through. */
export type AdmitStation = MiddlewareHandler<StationEnv>

export type StationRoutesDeps = Omit<ShapeRoutesDeps<AskedShape>, 'gate'> & {
  readonly captured: (shape: GatedShape) => Promise<CapturedTable>
  readonly admit: AdmitStation
}

/** `/v1/shape` for stations: the Electric protocol behind a gatekeeper (sync.md section 6). */
export function stationShapeRoutes(deps: StationRoutesDeps): Hono<StationEnv> {
  const app = shapeApp(deps) as unknown as Hono<StationEnv>
  app.use(shapePath, deps.admit)
  app.get(shapePath, (c) =>
    answerGet(
      c,
      { ...deps, gate: stationDoor(deps, c.get('session')) },
      new URL(c.req.url).searchParams,
    ),
  )
  // A station neither deletes shapes nor asks for parts of them.
  app.on(['POST', 'DELETE'], shapePath, (c) => forbidden(c))
  return app
}

function stationDoor(
  { captured }: StationRoutesDeps,
  session: StationSession,
): ShapeRoutesDeps<AskedShape>['gate'] {
  return async (_c, query) => {
    const gated = stationGate(query, session)
    if (gated.ok) return ok({ gated: gated.value, table: await captured(gated.value) })
    const { kind } = gated.error
    return err(
      kind === 'blank' ? { kind: 'invalid', errors: { table: ["can't be blank"] } } : { kind },
    )
  }
}
