import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { attendantList, me, signInRequest } from '@baari/shared/contracts/http/edge-api'
import { problem } from '@baari/shared/contracts/http/problem'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import type { Context } from 'hono'
import type { People } from '../../ports/station-desk.ts'
import { giveSession, sessionOf, takeSession } from './attendant-cookie.ts'
import type { TryLimit } from './try-limits.ts'

export type PeopleParts = {
  readonly people: People
  readonly https: boolean
  /** By attendant, and for the whole node. */
  readonly tries: { readonly ofOne: TryLimit; readonly ofAll: TryLimit }
  readonly refuse: (c: Context, no: Refusal) => Response
}

const problems = {
  description: 'A problem document.',
  content: { 'application/problem+json': { schema: problem } },
}

/** Signing in and out: the only writes without a session, so they have tries of their own. */
export function addPeopleRoutes(app: OpenAPIHono, parts: PeopleParts): void {
  addList(app, parts)
  addSignIn(app, parts)
  addSignOut(app, parts)
}

function addList(app: OpenAPIHono, { people }: PeopleParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/attendants',
    tags: ['people'],
    summary: 'Names to choose from before the PIN.',
    responses: {
      200: {
        description: 'Active attendants by name.',
        content: { 'application/json': { schema: attendantList } },
      },
      default: problems,
    },
  })
  app.openapi(route, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await people.list(), 200)
  })
}

function addSignIn(app: OpenAPIHono, { people, https, tries, refuse }: PeopleParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/sign-in',
    tags: ['people'],
    summary: 'Open a session of twelve hours with the PIN.',
    request: {
      body: { required: true, content: { 'application/json': { schema: signInRequest } } },
    },
    responses: {
      200: {
        description: 'Signed in; the cookie `baari_attendant` is set.',
        content: { 'application/json': { schema: me } },
      },
      default: { ...problems, description: 'Codes: wrong_pin, pin_locked, rate_limited.' },
    },
  })
  const handler = async (c: Context): Promise<Response> => {
    const ask = (c.req.valid as (part: string) => unknown).call(c.req, 'json')
    const { attendant, pin } = signInRequest.parse(ask)
    const waitSeconds = Math.max(tries.ofOne.take(attendant), tries.ofAll.take('all'))
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds))
      return refuse(c, refusal('rate_limited', { waitMs: waitSeconds * 1000 }))
    }
    const signedIn = await people.signIn({ attendant, pin })
    if (!signedIn.ok) return refuse(c, signedIn.error)
    giveSession(c, signedIn.value.session, https)
    c.header('cache-control', 'no-store')
    return c.json(signedIn.value.me, 200)
  }
  app.openapi(route, handler as never)
}

function addSignOut(app: OpenAPIHono, { people, https }: PeopleParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/sign-out',
    tags: ['people'],
    summary: 'End the session. Harmless when there is none.',
    responses: { 204: { description: 'Signed out.' }, default: problems },
  })
  app.openapi(route, async (c) => {
    const session = sessionOf(c)
    if (session !== undefined) await people.signOut(session)
    takeSession(c, https)
    return c.body(null, 204)
  })
}
