import { setCookie, deleteCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { requestHeader } from './request-header.ts'

const name = 'baari_attendant'
const sessionSeconds = 43_200
/** The cookie among others, complete (RFC 6265 section 4.2.1). */
const ours = /(?:^|;)[ \t]*baari_attendant=([0-9a-f]{64})[ \t]*(?:;|$)/

/** The session of the signed-in attendant: 32 random bytes in hex, or undefined. */
export function sessionOf(c: Context): string | undefined {
  return ours.exec(requestHeader(c, 'cookie') ?? '')?.[1]
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
