import { setImmediate as immediate } from 'node:timers/promises'
import { challengeRequest, sessionRequest, streams } from '@baari/shared/contracts/sync/session'
import type { Prng } from '@baari/shared/runtime/chance'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { challengeStation, openSession, type SessionDeps } from '../../app/sync/open-session.ts'
import { readLine } from '../../app/sync/read-ops.ts'
import { readAhead } from '../../app/sync/read-ahead.ts'
import { receiveBatch, type Batch, type ReceiveDeps } from '../../app/sync/receive-batch.ts'
import type { ReportedHead } from '../../domain/sync/decide-session.ts'
import type { StationSession, StationSessions } from '../../ports/station-sessions.ts'
import type { HeardFrom } from '../../ports/link-desk.ts'
import { admission } from './admission.ts'
import { bearer } from './bearer.ts'
import { problem } from './problem.ts'
import { readBatch } from './read-batch.ts'
import { badBody, comeBack, readJson } from './request-parts.ts'
import { streamTurns, type StreamTurns } from './stream-turns.ts'

export type StationRoutesDeps = SessionDeps &
  ReceiveDeps & {
    readonly sessions: StationSessions
    readonly prng: Prng
    /** Batches worked on at once; each holds a connection of the database. */
    readonly batchesAtOnce: number
    /** A database that does not answer, or a bug: the station is told to come back. */
    readonly onFault: (error: unknown, route: string) => void
    /** After effects were committed, so that those who follow a shape need not be polled for. */
    readonly onApplied: (stationNo: number) => void
    /** A batch or heartbeat came; what the station says it still has to send. */
    readonly onHeard?: (from: HeardFrom) => void
  }

type StationEnv = { Variables: { session: StationSession } }

const opsPerAnswer = 5_000
const bounds = { perStation: 2, waiting: 4_000 }

const streamParam = z.enum(streams)
const opsQuery = z.object({
  epoch: z.string().regex(/^[0-9a-f]{1,64}$/),
  from: z.coerce.number().int().min(1),
  to: z.coerce.number().int().min(1),
})

/** `/v1/session*` and `/v1/uplink/*` for stations (sync.md 5.3). */
export function stationRoutes(deps: StationRoutesDeps): Hono<StationEnv> {
  const app = new Hono<StationEnv>()
  app.onError((error, c) => {
    deps.onFault(error, c.req.path)
    return comeBack(c, deps.prng)
  })
  app.post('/v1/session/challenge', (c) => answerChallenge(c, deps))
  app.post('/v1/session', (c) => answerSession(c, deps))
  app.use('/v1/uplink/*', bearer(deps))
  const inside = admission(deps.clock, { ...bounds, total: deps.batchesAtOnce })
  const turns = streamTurns()
  app.post('/v1/uplink/:stream', async (c) => {
    const session = c.get('session')
    const leave = await inside.enter(session.stationNo, c.req.raw.signal)
    if (leave === undefined) return comeBack(c, deps.prng)
    try {
      return await answerUplink(c, { ...deps, turns }, session)
    } finally {
      leave()
    }
  })
  app.get('/v1/uplink/:stream/head', (c) => answerHead(c, deps, c.get('session')))
  app.get('/v1/uplink/:stream/ops', (c) => answerOps(c, deps, c.get('session')))
  return app
}

async function answerChallenge(c: Context, deps: StationRoutesDeps): Promise<Response> {
  const asked = await readJson(c, challengeRequest)
  if (asked instanceof Response) return asked
  return c.json(await challengeStation(deps, asked.station))
}

async function answerSession(c: Context, deps: StationRoutesDeps): Promise<Response> {
  const asked = await readJson(c, sessionRequest)
  if (asked instanceof Response) return asked
  const opened = await openSession(deps, asked)
  if (!opened.ok) {
    return opened.error.error === 'unauthorised'
      ? problem(c, { status: 401, code: 'not_signed_in' })
      : c.json(opened.error, 409)
  }
  const { token, generation: gen, serverTimeMs, heads, behind } = opened.value
  return c.json({
    ...{ token, gen, serverTimeMs, heads: named(asked.epoch, heads) },
    behind: behind.map(({ epoch, heads: ends }) => ({ epoch, heads: named(epoch, ends) })),
  })
}

/** Heads as they stand in a message, each with its epoch. */
function named(epoch: string, heads: readonly ReportedHead[]) {
  return heads.map((head) => ({ ...head, epoch }))
}

async function answerUplink(
  c: Context,
  deps: StationRoutesDeps & { readonly turns: StreamTurns },
  session: StationSession,
): Promise<Response> {
  const stream = streamParam.safeParse(c.req.param('stream'))
  if (!stream.success) return problem(c, { status: 404, code: 'unknown_field' })
  const read = await readBatch(c.req.raw)
  if (!read.ok) return badBody(c, read.error)
  const { head, lines } = read.value
  if (head.station !== session.stationNo) return problem(c, { status: 401, code: 'not_signed_in' })
  const batch: Batch = {
    stream: stream.data,
    epoch: head.epoch,
    generation: head.gen,
    first: head.first,
    prevChain: head.prev_chain,
    sentAtMs: head.sent_at,
    lines: lines.map(readLine),
  }
  const received = await receiveInTurn(deps, session, batch)
  if (!received.ok) return c.json(received.error, 409)
  deps.onHeard?.({
    stationNo: session.stationNo,
    unsentOps: head.unsent ?? null,
    oldestUnsentMs: head.oldest ?? null,
  })
  if (lines.length > 0) deps.onApplied(session.stationNo)
  const { ack, chain, serverTimeMs, results } = received.value
  return c.json({
    ack,
    chain,
    serverTimeMs,
    results: results.map(({ seq, verdict, code }) => ({ s: seq, verdict, code, rev: null })),
  })
}

type InTurn = ReceiveDeps & { readonly turns: StreamTurns }

/** A turn is taken when the body is here: nobody waits for a line that is slow or has died. */
async function receiveInTurn(deps: InTurn, session: StationSession, batch: Batch) {
  const turn = deps.turns.enter(`${session.stationNo}/${batch.stream}`)
  try {
    // While the database is at work on the batch before, this one is read.
    const pause = () => immediate().then(() => turn.waits())
    const nextHash = turn.waits() ? await readAhead(batch, deps.nextHash, pause) : deps.nextHash
    await turn.begun
    return await receiveBatch({ ...deps, nextHash }, session, batch)
  } finally {
    turn.end()
  }
}

async function answerHead(
  c: Context,
  deps: StationRoutesDeps,
  { stationNo, epoch }: StationSession,
): Promise<Response> {
  const stream = streamParam.safeParse(c.req.param('stream'))
  if (!stream.success) return problem(c, { status: 404, code: 'unknown_field' })
  const { currentEpoch, head } = await deps.streams.head({ stationNo, epoch, stream: stream.data })
  if (currentEpoch !== epoch) return c.json({ error: 'epoch', current: currentEpoch }, 409)
  if (head === undefined) return problem(c, { status: 404, code: 'unknown_field' })
  return c.json({ epoch, ...head, serverTimeMs: deps.clock.now() })
}

async function answerOps(
  c: Context,
  deps: StationRoutesDeps,
  { stationNo }: StationSession,
): Promise<Response> {
  const stream = streamParam.safeParse(c.req.param('stream'))
  const asked = opsQuery.safeParse(c.req.query())
  if (!stream.success || !asked.success) return problem(c, { status: 400, code: 'malformed' })
  const { epoch, from, to } = asked.data
  if (to - from >= opsPerAnswer) return problem(c, { status: 413, code: 'too_long' })
  const lines = await deps.streams.rawOps({ stationNo, epoch, stream: stream.data }, { from, to })
  if (lines === undefined) return problem(c, { status: 404, code: 'unknown_field' })
  const feed = Uint8Array.of(0x0a)
  const body = Buffer.concat(lines.flatMap((line) => [line, feed]))
  return c.body(body, 200, { 'content-type': 'application/x-ndjson' })
}
