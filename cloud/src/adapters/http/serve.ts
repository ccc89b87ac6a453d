import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'

export type Listening = {
  readonly url: string
  /** Ends idle connections at once and waits for running requests, at most `graceMs`. */
  stop(graceMs: number): Promise<void>
}

type Fetch = (request: Request, env: never) => Response | Promise<Response>

export type ListenAt = { readonly host: string; readonly port: number }

/** Slow senders are cut off: a request's head may take 10 s and the whole of it 30 s. */
const headDeadlineMs = 10_000
const requestDeadlineMs = 30_000
/** Connections not yet taken; after an outage a fleet opens thousands within a second. */
const backlog = 4_096
/** Longer than a station is silent: its next batch needs no new connection. */
const idleConnectionMs = 65_000

export async function listen(fetch: Fetch, { host, port }: ListenAt): Promise<Listening> {
  const server: ServerType = createAdaptorServer({ fetch: fetch as never, hostname: host })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog }, resolve)
  })
  const http = server as Server
  http.headersTimeout = headDeadlineMs
  http.requestTimeout = requestDeadlineMs
  http.keepAliveTimeout = idleConnectionMs
  const bound = http.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    stop: (graceMs) => closeWithin(http, graceMs),
  }
}

function closeWithin(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
