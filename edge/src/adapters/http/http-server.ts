import { createAdaptorServer, type HttpBindings, type Http2Bindings } from '@hono/node-server'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { ServerResponse, type Server } from 'node:http'
import { sendLong } from './long-answer.ts'

const mostConnections = 200
const closingMs = 2000

export type HttpServer = { readonly port: number; stop(): Promise<void> }

export type ListenAt = { readonly host: string; readonly port: number }

type Connection = HttpBindings | Http2Bindings

type Fetch = (request: Request, connection: Connection) => Response | Promise<Response>

/** What screens stay at; told by its path, because to look at an answer's headers costs a scan more. */
const longPaths: ReadonlySet<string | undefined> = new Set(['/v1/live', '/v1/board'])

/** Listens, or says in one sentence why it cannot. */
export function startHttpServer(
  fetch: Fetch,
  { host, port }: ListenAt,
): Promise<Result<HttpServer, string>> {
  // A header given twice is one text with both, which no guard takes for ours.
  const serverOptions = { joinDuplicateHeaders: true }
  const server = createAdaptorServer({ fetch: sendingLong(fetch), serverOptions }) as Server
  server.maxConnections = mostConnections
  server.headersTimeout = 10_000
  server.requestTimeout = 20_000
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(err(cannotListen(error, { host, port }))),
    )
    server.listen(port, host, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      resolve(ok({ port: bound, stop: () => stopped(server) }))
    })
  })
}

function sendingLong(fetch: Fetch): Fetch {
  return (request, connection) => {
    const { incoming, outgoing } = connection
    if (!longPaths.has(incoming.url) || !(outgoing instanceof ServerResponse))
      return fetch(request, connection)
    return Promise.resolve(fetch(request, connection)).then((answer) => sendLong(answer, outgoing))
  }
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: ListenAt): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use: stop the other program or set BAARI_PORT`
  if (error.code === 'EACCES') return `port ${port} on ${host} is not allowed for this user`
  if (error.code === 'EADDRNOTAVAIL') return `${host} is no address of this computer`
  return `cannot listen on ${host}:${port}: ${error.message}`
}

/** Open answers may finish for two seconds; then the sockets are cut. */
function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closingMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
