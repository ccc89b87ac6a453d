import { err, ok } from '@baari/shared/faults/result'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Pool } from 'pg'
import type { openGate, OpenShape } from './open-gate.ts'
import { neverKept } from './response-headers.ts'
import { refetch, shapeOf } from './serve-shape.ts'
import { serveSubset } from './serve-subset.ts'
import { invalid, refetchAnswer, schemaOf } from './shape-answer.ts'
import { admit, answerGet, doorClosed, shapeApp, shapePath } from './shape-routes.ts'
import type { ShapeRoutesDeps } from './shape-routes.ts'
import { parseBody, parseSubset, subsetFields } from './subset-request.ts'

export type OpenRoutesDeps = Omit<ShapeRoutesDeps<OpenShape>, 'gate'> & {
  readonly pool: Pool
  readonly openGate: ReturnType<typeof openGate>
  readonly allowDelete: boolean
}

const bodyBytesMax = 1_048_576

/**
 * `/v1/shape` for any table and any condition, subsets and deletion: development and conformance
 * on loopback only.
 */
export function openShapeRoutes(deps: OpenRoutesDeps): Hono {
  const app = shapeApp(deps)
  const open: Open = { ...deps, gate: doorOf(deps) }
  app.get('/', (c) => c.body(null, 200))
  app.get(shapePath, (c) => answer(c, open, {}))
  app.post(
    shapePath,
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: (c) => c.json({ message: 'Request body too large' }, 413, neverKept),
    }),
    async (c) => {
      const body = parseBody(await c.req.text())
      if (!body.ok) return c.json({ message: body.error }, 400, neverKept)
      return answer(c, open, body.value)
    },
  )
  app.delete(shapePath, (c) => remove(c, open))
  return app
}

type Open = ShapeRoutesDeps<OpenShape> & OpenRoutesDeps

function doorOf(deps: OpenRoutesDeps): ShapeRoutesDeps<OpenShape>['gate'] {
  return async (_c, query) => {
    const asked = await deps.openGate(query)
    return asked.ok ? ok(asked.value) : err({ kind: 'invalid', errors: asked.error })
  }
}

/** A request that mentions a part of the shape is answered with that part. */
async function answer(
  c: Context,
  deps: Open,
  body: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const query = new URL(c.req.url).searchParams
  const fields = subsetFields(query, body)
  if (fields === undefined) {
    const response = await answerGet(c, deps, query)
    if (c.req.method === 'POST') response.headers.set('cache-control', 'no-cache')
    return response
  }
  const admitted = await admit(c, deps, query)
  if (!admitted.ok) return admitted.error
  const { request, asked } = admitted.value
  const subset = parseSubset(fields)
  if (!subset.ok) return invalid(c, subset.error)
  const serve = { asked, request, signal: c.req.raw.signal }
  const shape = await shapeOf(deps.store, serve)
  if (shape === undefined) return refetchAnswer(c, deps, (await refetch(deps, serve)).handle)
  const snapshotMark = Math.floor(deps.prng.next() * 2 ** 31)
  const { queryable } = asked
  const part = { shape, request, subset: subset.value, queryable, snapshotMark }
  const served = await serveSubset(deps.pool, part)
  if (!served.ok) return invalid(c, served.error)
  return c.body(served.value.body, 200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache',
    'electric-snapshot': 'true',
    'electric-handle': shape.handle,
    'electric-offset': served.value.offset,
    ...schemaOf(shape),
  })
}

/** Ends a shape by its handle or by its definition, so that everybody fetches it anew. */
async function remove(c: Context, deps: Open): Promise<Response> {
  if (!deps.allowDelete) return noShape(c)
  const query = new URL(c.req.url).searchParams
  const given = query.get('handle') ?? undefined
  if (!query.has('table')) {
    if (given === undefined) {
      return invalid(c, { handle: ["can't be blank when shape definition is missing"] })
    }
    return (await deps.store.retire(given)) ? c.body(null, 202) : noShape(c)
  }
  const asked = await deps.gate(c, query)
  if (!asked.ok) return doorClosed(c, asked.error)
  const handle = await deps.store.currentHandle(asked.value)
  if (handle === undefined) return noShape(c)
  if (given !== undefined && given !== handle) {
    const message = 'The handle belongs to another shape than the definition'
    return c.json({ message }, 400, neverKept)
  }
  return (await deps.store.retire(handle)) ? c.body(null, 202) : noShape(c)
}

function noShape(c: Context): Response {
  return c.json({ message: 'No existing shape found' }, 404, neverKept)
}
