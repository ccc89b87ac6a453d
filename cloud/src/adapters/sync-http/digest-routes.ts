import {
  digestDayField,
  digestDaysQuery,
  digestHeadHeader,
  digestRepair,
  digestSetField,
} from '@baari/shared/contracts/sync/digest'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { StationDigests } from '../../ports/station-digests.ts'
import type { StationSession } from '../../ports/station-sessions.ts'
import { admission } from './admission.ts'
import { bearer, type BearerDeps } from './bearer.ts'
import { problem } from './problem.ts'
import { readBody } from './read-body.ts'

export type DigestRoutesDeps = BearerDeps & {
  readonly digests: StationDigests
  readonly onFault: (error: unknown, route: string) => void
}

type StationEnv = { Variables: { session: StationSession } }

const repairBytes = 400_000
/** Counting a month of rows is work: a few stations at a time, and one request of each. */
const bounds = { total: 8, perStation: 1, waiting: 0 }
const retryAfterS = 5

const dayParams = z.object({ set: digestSetField, day: digestDayField })
const bucketParams = dayParams.extend({ bucket: z.coerce.number().int().min(0).max(255) })

/** `/v1/digest/*` for stations (sync.md sections 5.3 and 7.2): each sees its own rows only. */
export function digestRoutes(deps: DigestRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  const inside = admission(deps.clock, bounds)
  app.onError((error, c) => {
    deps.onFault(error, c.req.path)
    return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
  })
  app.use('/v1/digest/*', bearer(deps))
  app.use('/v1/digest/*', async (c, next) => {
    const leave = await inside.enter(c.get('session').stationNo, c.req.raw.signal)
    if (leave === undefined) return problem(c, { status: 503, code: 'rate_limited', retryAfterS })
    try {
      return await next()
    } finally {
      leave()
    }
  })
  app.get('/v1/digest/:set', (c) => answerDays(c, deps))
  app.get('/v1/digest/:set/:day', (c) => answerBuckets(c, deps))
  app.get('/v1/digest/:set/:day/:bucket', (c) => answerKeys(c, deps))
  app.post('/v1/digest/:set/repair', (c) => answerRepair(c, deps))
  return app
}

type StationContext = Context<StationEnv>

function badRequest(c: Context): Response {
  return problem(c, { status: 400, code: 'malformed' })
}

async function answerDays(c: StationContext, { digests }: DigestRoutesDeps): Promise<Response> {
  const set = digestSetField.safeParse(c.req.param('set'))
  const span = digestDaysQuery.safeParse(c.req.query())
  if (!set.success || !span.success) return badRequest(c)
  const { stationNo } = c.get('session')
  const { from, to, recount } = span.data
  const asked = { stationNo, set: set.data, from, to, recount: recount === '1' }
  const { days, head } = await digests.days(asked)
  if (head !== null) c.header(digestHeadHeader, `${head.epoch}:${head.seq}`)
  return c.json(days)
}

async function answerBuckets(c: StationContext, { digests }: DigestRoutesDeps): Promise<Response> {
  const asked = dayParams.safeParse(c.req.param())
  if (!asked.success) return badRequest(c)
  const { stationNo } = c.get('session')
  return c.json(await digests.buckets({ stationNo, ...asked.data }))
}

async function answerKeys(c: StationContext, { digests }: DigestRoutesDeps): Promise<Response> {
  const asked = bucketParams.safeParse(c.req.param())
  if (!asked.success) return badRequest(c)
  const { stationNo } = c.get('session')
  return c.json(await digests.keys({ stationNo, ...asked.data }))
}

async function answerRepair(c: StationContext, { digests }: DigestRoutesDeps): Promise<Response> {
  const set = digestSetField.safeParse(c.req.param('set'))
  const body = await readBody(c.req.raw, repairBytes)
  if (!body.ok) {
    return problem(c, { status: body.error === 'too_long' ? 413 : 400, code: body.error })
  }
  const asked = digestRepair.safeParse(parseJson(body.value.toString('utf8')))
  if (!set.success || !asked.success) return badRequest(c)
  const { stationNo } = c.get('session')
  const lines = asked.data.ops.map(({ line, ...place }) => ({
    ...place,
    line: Buffer.from(line, 'utf8'),
  }))
  const outcomes = await digests.mend({ stationNo, set: set.data }, lines)
  const results = outcomes.map((outcome, at) => ({ seq: lines[at]?.seq ?? 0, outcome }))
  return c.json({ results })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
