import type { MiddlewareHandler } from 'hono'
import { refusal } from '@baari/shared/faults/no'
import { refused } from '../problem.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A write that carries a cookie must come from one of our own origins: together with SameSite=Lax
 * no other site can make a browser act for its owner. A named foreign origin is refused even
 * without a cookie, so that nobody is signed in to a stranger's account. Stations and scripts send
 * neither and sign in their own way.
 */
export function originCheck(origins: readonly string[]): MiddlewareHandler {
  const own = new Set(origins)
  return async (c, next) => {
    if (!safeMethods.has(c.req.method)) {
      const origin = c.req.header('origin')
      const hasCookie = c.req.header('cookie') !== undefined
      const foreign = origin === undefined ? hasCookie : !own.has(origin)
      if (foreign) return refused(c, refusal('not_allowed', { origin: origin ?? 'none' }))
    }
    return next()
  }
}
