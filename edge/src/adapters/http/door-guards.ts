import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { photoBytesMax } from '@baari/shared/contracts/http/edge-api'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Millis } from '@baari/shared/units/time'
import type { Context, HonoRequest, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { DoorCode } from './problems.ts'
import { requestHeader } from './request-header.ts'

export type DoorNames = {
  /** Lower-case `host:port` texts (without the port where it is the scheme's own) of this node. */
  readonly hosts: ReadonlySet<string>
  readonly https: boolean
}

export type TurnAway = (c: Context, code: DoorCode, detail?: string) => Response

const writes: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const longestBodyBytes = 65_536
/** The one body that carries a picture: base64 of the longest photo, and what stands beside it. */
const longestPhotoBodyBytes = 4 * Math.ceil(photoBytesMax / 3) + 4_096
const photoPath = '/v1/vehicles/correct'

const longestOf = (path: string): number =>
  path === photoPath ? longestPhotoBodyBytes : longestBodyBytes

/**
 * A name that is not ours means DNS rebinding or a proxy we do not know: 421 (RFC 9110 section
 * 15.5.20). The address literal itself counts as a name.
 */
export function knownHost({ hosts }: DoorNames, turnAway: TurnAway): MiddlewareHandler {
  return async (c, next) => {
    const host = requestHeader(c, 'host')?.toLowerCase()
    if (host === undefined || !hosts.has(host)) return turnAway(c, 'host_not_listed')
    await next()
    return undefined
  }
}

/**
 * A write comes from one of our own pages: browsers send Origin with every POST, and one that is
 * missing or foreign is refused (no CORS answer exists). Together with the JSON content type,
 * which no cross-origin form can send without a preflight, a foreign page changes nothing.
 */
export function ownWrites({ https }: DoorNames, turnAway: TurnAway): MiddlewareHandler {
  const scheme = https ? 'https' : 'http'
  return async (c, next) => {
    if (!writes.has(c.req.method)) {
      await next()
      return undefined
    }
    // The Host was found in the list before, so the page's own origin is made of it.
    const own = `${scheme}://${requestHeader(c, 'host')?.toLowerCase() ?? ''}`
    if (requestHeader(c, 'origin') !== own) return turnAway(c, 'origin_not_own')
    const type = requestHeader(c, 'content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') return turnAway(c, 'not_json')
    await next()
    return undefined
  }
}

/**
 * Bounds the body of a write, whatever its headers claim. On Node the guard reads it itself, before
 * anything else of the request is made: the standard's request object with its stream costs as much
 * as deciding a scan.
 */
export function shortBodies(turnAway: TurnAway): MiddlewareHandler<{ Bindings: MaybeOnNode }> {
  const onOtherServers = (maxSize: number): MiddlewareHandler =>
    bodyLimit({ maxSize, onError: (c) => turnAway(c, 'body_too_long') })
  return async (c, next) => {
    const incoming = c.env?.incoming
    const longest = longestOf(c.req.path)
    if (incoming === undefined) return onOtherServers(longest)(c, next)
    if (writes.has(c.req.method)) {
      const body = await shortBody(incoming, longest)
      // Nobody is left to hear an answer.
      if (body === 'gone') return c.body(null, 400)
      if (body === 'too-long') {
        // What is still on its way is not wanted, and must not be taken for the next request.
        c.header('connection', 'close')
        return turnAway(c, 'body_too_long')
      }
      keepText(c.req, body.toString('utf8'))
    }
    await next()
    return undefined
  }
}

/** Where every later reader of the body looks first; Hono keeps promises there, whatever its type says. */
function keepText({ bodyCache }: HonoRequest, text: string): void {
  bodyCache.text = Promise.resolve(text) as unknown as string
}

type MaybeOnNode = Partial<HttpBindings>

/** The whole body; `too-long` is said as soon as it is known. */
function shortBody(
  incoming: IncomingMessage,
  longest: number,
): Promise<Buffer | 'too-long' | 'gone'> {
  if (Number(incoming.headers['content-length'] ?? 0) > longest) {
    return Promise.resolve('too-long')
  }
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let bytes = 0
    incoming.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes <= longest) return void parts.push(part)
      incoming.pause()
      resolve('too-long')
    })
    incoming.once('end', () => resolve(Buffer.concat(parts)))
    incoming.once('error', () => resolve('gone'))
  })
}

/** A route that takes longer is answered 503; what it started may still end, under its key. */
export function deadline(
  { clock, longest }: { readonly clock: Clock; readonly longest: Millis },
  turnAway: TurnAway,
): MiddlewareHandler {
  return async (c, next) => {
    let cancel = (): void => undefined
    const late = new Promise<'late'>((resolve) => {
      cancel = clock.after('request deadline', longest, () => resolve('late'))
    })
    const outcome = await Promise.race([next(), late])
    cancel()
    return outcome === 'late' ? turnAway(c, 'deadline_passed') : undefined
  }
}

/** Names of the node as browsers write them in Host. */
export function doorNames(at: {
  readonly host: string
  readonly port: number
  readonly allowedHosts: readonly string[]
  readonly https: boolean
}): DoorNames {
  const own = ['127.0.0.1', 'localhost', '[::1]', at.host === '0.0.0.0' ? '' : at.host]
    .filter((name) => name !== '')
    .flatMap((name) => {
      const withPort = `${name.toLowerCase()}:${at.port}`
      return at.port === (at.https ? 443 : 80) ? [withPort, name.toLowerCase()] : [withPort]
    })
  return { hosts: new Set([...own, ...at.allowedHosts]), https: at.https }
}
