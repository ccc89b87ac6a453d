import { getCookie, setCookie, deleteCookie } from 'hono/cookie'
import type { Context } from 'hono'

const name = 'baari_attendant'
const sessionSeconds = 43_200

/** The session of the signed-in attendant: 32 random bytes in hex, or undefined. */
export function sessionOf(c: Context): string | undefined {
  const value = getCookie(c, name)
  return value !== undefined && /^[0-9a-f]{64}$/.test(value) ? value : undefined
}

/** SameSite=Strict: no other site's page can send it, not even by a link. */
export function giveSession(c: Context, session: string, https: boolean): void {
  setCookie(c, name, session, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure: https,
    maxAge: sessionSeconds,
  })
}

export function takeSession(c: Context, https: boolean): void {
  deleteCookie(c, name, { path: '/', secure: https })
}
