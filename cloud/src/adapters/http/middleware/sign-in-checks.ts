import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { refusal } from '@baari/shared/faults/no'
import type { Instant } from '@baari/shared/units/time'
import type { OperatorRole, Operators, Sessions } from '../../../ports/people.ts'
import type { CloudEnv } from '../cloud-env.ts'
import { refused } from '../problem.ts'

export const driverCookie = 'baari_driver'
export const operatorCookie = 'baari_operator'

export function driverOnly(sessions: Sessions): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const token = getCookie(c, driverCookie)
    const driver = token && (await sessions.ownerOf(token))
    if (!driver) return refused(c, refusal('not_signed_in'))
    c.set('driver', driver)
    c.set('principal', `driver:${driver}`)
    return next()
  }
}

export type OperatorAccess = { readonly sessions: Sessions; readonly operators: Operators }

export function operatorOnly(
  { sessions, operators }: OperatorAccess,
  roles: readonly OperatorRole[],
): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const token = getCookie(c, operatorCookie)
    const id = token && (await sessions.ownerOf(token))
    const operator = id ? await operators.find(id) : undefined
    if (operator === undefined) return refused(c, refusal('not_signed_in'))
    if (!roles.includes(operator.role)) return refused(c, refusal('not_allowed'))
    c.set('operator', operator)
    c.set('principal', `operator:${operator.id}`)
    return next()
  }
}

export type CookieOptions = { readonly secure: boolean }

/** HttpOnly and SameSite=Lax: no script reads it and no foreign form sends it. */
export function giveCookie(
  c: Context,
  cookie: { readonly name: string; readonly token: string; readonly expires: Instant },
  { secure }: CookieOptions,
): void {
  setCookie(c, cookie.name, cookie.token, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    secure,
    expires: new Date(cookie.expires),
  })
}

export function dropCookie(c: Context, name: string): void {
  deleteCookie(c, name, { path: '/' })
}
