import { createRoute, z } from '@hono/zod-openapi'
import { getCookie } from 'hono/cookie'
import {
  driver as driverBody,
  operatorSignIn,
  otpRequest,
  otpVerify,
} from '@baari/shared/contracts/http/cloud-api'
import type { Refusal } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { CodeAsk } from '../../../app/people/ask-code.ts'
import type { DriverSignIn, SignedIn } from '../../../app/people/sign-in-driver.ts'
import type { OperatorSession, OperatorSignIn } from '../../../app/people/sign-in-operator.ts'
import type { Sessions } from '../../../ports/people.ts'
import { driverJson } from '../booking-json.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { clientAddress } from '../middleware/client-address.ts'
import {
  driverCookie,
  dropCookie,
  giveCookie,
  operatorCookie,
  type CookieOptions,
} from '../middleware/sign-in-checks.ts'
import { refused } from '../problem.ts'
import { contractApp, jsonAnswer, jsonBody, problems } from '../route-parts.ts'

export type SignInRoutes = {
  readonly askCode: (ask: CodeAsk) => Promise<Result<void, Refusal>>
  readonly signInDriver: (attempt: DriverSignIn) => Promise<Result<SignedIn, Refusal>>
  readonly signInOperator: (attempt: OperatorSignIn) => Promise<Result<OperatorSession, Refusal>>
  readonly driverSessions: Sessions
  readonly operatorSessions: Sessions
  readonly cookies: CookieOptions
  readonly trustedProxies: number
}

const askRoute = createRoute({
  method: 'post',
  path: '/v1/auth/otp',
  summary: 'Send a six-digit code to a phone; the same answer for every number',
  request: { body: jsonBody(otpRequest) },
  responses: { 202: { description: 'Taken' }, ...problems(400, 429, 503) },
})

const verifyRoute = createRoute({
  method: 'post',
  path: '/v1/auth/verify',
  summary: 'Sign a driver in with the code',
  request: { body: jsonBody(otpVerify) },
  responses: {
    200: jsonAnswer(driverBody, 'Signed in; cookie baari_driver'),
    ...problems(400, 401, 503),
  },
})

const signOutRoute = createRoute({
  method: 'post',
  path: '/v1/auth/sign-out',
  summary: 'End this browser’s sessions',
  responses: { 204: { description: 'Signed out' } },
})

const operatorBody = z.object({ id: z.string(), name: z.string(), role: z.string() })

const operatorRoute = createRoute({
  method: 'post',
  path: '/v1/operator/sign-in',
  summary: 'Sign an operator in',
  request: { body: jsonBody(operatorSignIn) },
  responses: {
    200: jsonAnswer(operatorBody, 'Signed in; cookie baari_operator'),
    ...problems(400, 401, 429, 503),
  },
})

export function signInRoutes(deps: SignInRoutes) {
  const app = contractApp<CloudEnv>()
  app.openapi(askRoute, async (c) => {
    const { phone, language } = c.req.valid('json')
    const address = clientAddress(c, deps.trustedProxies)
    const asked = await deps.askCode({ phone, language, address })
    return asked.ok ? c.body(null, 202) : refused(c, asked.error)
  })
  app.openapi(verifyRoute, async (c) => {
    const { phone, code } = c.req.valid('json')
    const signedIn = await deps.signInDriver({ phone, digits: code })
    if (!signedIn.ok) return refused(c, signedIn.error) as never
    giveCookie(c, { name: driverCookie, ...signedIn.value }, deps.cookies)
    return c.json(driverJson(signedIn.value.driver), 200)
  })
  app.openapi(signOutRoute, async (c) => {
    const driver = getCookie(c, driverCookie)
    const operator = getCookie(c, operatorCookie)
    if (driver !== undefined) await deps.driverSessions.close(driver)
    if (operator !== undefined) await deps.operatorSessions.close(operator)
    dropCookie(c, driverCookie)
    dropCookie(c, operatorCookie)
    return c.body(null, 204)
  })
  app.openapi(operatorRoute, async (c) => {
    const signedIn = await deps.signInOperator(c.req.valid('json'))
    if (!signedIn.ok) return refused(c, signedIn.error) as never
    const { operator } = signedIn.value
    giveCookie(c, { name: operatorCookie, ...signedIn.value }, deps.cookies)
    return c.json({ id: operator.id, name: operator.name, role: operator.role }, 200)
  })
  return app
}
