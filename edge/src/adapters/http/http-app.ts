import { OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '@baari/shared/runtime/clock'
import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { Fault, Refusal } from '@baari/shared/faults/no'
import type { Problem } from '@baari/shared/contracts/http/problem'
import { seconds } from '@baari/shared/units/time'
import type { Context } from 'hono'
import type { Live } from '../../ports/live.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { StationDesk } from '../../ports/station-desk.ts'
import { addApiPages } from './api-pages.ts'
import { addEndpoint, type AnswerParts } from './answer-endpoint.ts'
import { sessionOf } from './attendant-cookie.ts'
import {
  deadline,
  knownHost,
  ownWrites,
  shortBodies,
  type DoorNames,
  type TurnAway,
} from './door-guards.ts'
import type { KioskFiles } from './kiosk-files.ts'
import { addPeopleRoutes } from './people-routes.ts'
import {
  badMessageDocument,
  doorDocument,
  faultDocument,
  problemAnswer,
  refusalDocument,
} from './problems.ts'
import { addServiceRoutes, type ServiceParts } from './service-routes.ts'
import { stationEndpoints } from './station-endpoints.ts'
import { strictHeaders } from './strict-headers.ts'
import { tryLimit } from './try-limits.ts'

/** Longest a request may take; commands answer in milliseconds, argon2 and a sick disk in more. */
const longest = seconds(5)

export type HttpAppParts = ServiceParts & {
  readonly desk: StationDesk
  readonly live: Live
  readonly kiosk: KioskFiles
  readonly names: DoorNames
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** The node's doors on the LAN: guarded first, then parsed, then one call of the desk. */
export function httpApp(parts: HttpAppParts): OpenAPIHono {
  const answers = answersOf(parts)
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const first = result.error.issues[0]
      return answers.malformed(
        c,
        first ? `${first.path.join('.')}: ${first.message}` : 'unreadable',
      )
    },
  })
  addGuards(app, parts, answers.turnAway)
  app.onError((error, c) => answers.failed(c, error))
  app.notFound((c) => answers.turnAway(c, 'no_such_page'))
  addPeopleRoutes(app, {
    people: parts.desk.people,
    https: parts.names.https,
    tries: {
      ofOne: tryLimit(parts.clock, { burst: 6, perMinute: 6 }),
      ofAll: tryLimit(parts.clock, { burst: 20, perMinute: 60 }),
    },
    refuse: answers.refuse,
  })
  const inUse = new Set<string>()
  for (const endpoint of stationEndpoints(parts.desk))
    addEndpoint(app, endpoint, { ...answers, inUse })
  addLive(app, parts.live, answers)
  addServiceRoutes(app, parts)
  addApiPages(app, parts.version)
  addKiosk(app, parts.kiosk, answers.turnAway)
  return app
}

function addGuards(app: OpenAPIHono, { names, clock }: HttpAppParts, turnAway: TurnAway): void {
  app.use(strictHeaders())
  app.use(knownHost(names, turnAway))
  app.use(ownWrites(names, turnAway))
  app.use(shortBodies(turnAway))
  app.use(deadline({ clock, longest }, turnAway))
}

type Answers = AnswerParts & {
  readonly failed: (c: Context, error: unknown) => Response
}

function answersOf({ desk, metrics, log }: HttpAppParts): Answers {
  const answer = (c: Context, problem: Problem): Response => {
    metrics.turnedAway(problem.code)
    return problemAnswer(c, problem)
  }
  return {
    whoIs: async (c) => {
      const session = sessionOf(c)
      return session === undefined ? undefined : desk.people.me(session)
    },
    refuse: (c, no: Refusal) => answer(c, refusalDocument(no)),
    turnAway: (c, code, detail) => answer(c, doorDocument(code, detail)),
    malformed: (c, detail) => answer(c, badMessageDocument('malformed', detail)),
    failed(c, error) {
      const code = faultOf(error)
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (isBadJson(error)) return answer(c, badMessageDocument('malformed', 'not JSON'))
      log({
        level: 'error',
        event: 'request failed',
        fields: { method: c.req.method, path: c.req.routePath, code: code ?? 'bug', reason },
      })
      return answer(c, code ? faultDocument(code) : doorDocument('node_error'))
    },
  }
}

/** Failures of ledger and telemetry carry their fault; anything else is a bug of ours. */
function faultOf(error: unknown): FaultCode | undefined {
  if (!(error instanceof Error) || !('fault' in error)) return undefined
  return (error.fault as Fault).code
}

/** Hono's own no to a body that is not JSON. */
function isBadJson(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 400
}

const eventStream = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that collects bytes would hold back the lamp.
  'x-accel-buffering': 'no',
}

function addLive(app: OpenAPIHono, live: Live, { whoIs, refuse, turnAway }: Answers): void {
  app.get('/v1/live', async (c) => {
    if (!(await whoIs(c))) return refuse(c, { kind: 'refusal', code: 'not_signed_in', facts: {} })
    const body = live.open()
    return body ? c.body(body, 200, eventStream) : turnAway(c, 'too_many_screens')
  })
  // For everybody in line: no personal data, so no sign-in.
  app.get('/v1/board', (c) => {
    const body = live.openBoard()
    return body ? c.body(body, 200, eventStream) : turnAway(c, 'too_many_screens')
  })
}

function addKiosk(app: OpenAPIHono, kiosk: KioskFiles, turnAway: TurnAway): void {
  // One page for the display of every position; it reads the number from its own address.
  const fileOf = (path: string): string => (/^\/lane\/\d{1,3}$/.test(path) ? '/lane.html' : path)
  app.get('*', async (c) => {
    const file = await kiosk.find(fileOf(c.req.path), c.req.header('accept-encoding') ?? '')
    if (!file) return turnAway(c, 'no_such_page')
    const headers = {
      'content-type': file.type,
      'cache-control': file.cacheControl,
      etag: file.etag,
      vary: 'accept-encoding',
      ...(file.encoding === 'identity' ? {} : { 'content-encoding': file.encoding }),
    }
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers)
    return c.body(new Uint8Array(file.body), 200, headers)
  })
}
