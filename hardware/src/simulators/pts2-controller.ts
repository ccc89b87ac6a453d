import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '@baari/shared/runtime/clock'
import { WebSocketServer, type WebSocket } from 'ws'
import { longestMessageBytes } from '../ports/message-wire.ts'
import type { DigestAlgorithm, DigestLogin } from '../protocols/http-digest/digest.ts'
import { DigestGate } from './digest-gate.ts'
import { AnswerDesk } from './pts2-desk.ts'
import type { TcpService } from './serve-on-tcp.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

export type SimulatedControllerOptions = {
  readonly heads: readonly SimulatedDispenser[]
  readonly login: DigestLogin
  readonly clock: Clock
  /** 0 lets the system choose. */
  readonly port: number
  readonly algorithm?: DigestAlgorithm
  readonly usesPerNonce?: number
  /** PEM of its key and certificate: TLS alone is spoken then. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export type SimulatedController = TcpService & {
  /** Tells the status of a dispenser on every open WebSocket, unasked. */
  push(pump: number): void
  /** HTTP requests and WebSocket messages of the protocol so far. */
  messages(): number
}

export const jsonPtsPath = '/jsonPTS'
export const webSocketPath = '/ptsWebSocket'
const mostWebSockets = 4

/**
 * A Technotrade PTS-2 controller on loopback: `POST /jsonPTS` and a WebSocket, both behind a digest
 * login, in front of simulated dispensers. Troubles of a dispenser's line befall its answers.
 */
export async function serveController(
  options: SimulatedControllerOptions,
): Promise<SimulatedController> {
  const { login, algorithm = 'MD5', usesPerNonce = 500, tls } = options
  const gate = new DigestGate({ login, realm: 'PTS2', algorithm, usesPerNonce })
  const desk = new AnswerDesk(options)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessageBytes })
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void answerHttp(request, response, { gate, desk })
  }
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer)
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== webSocketPath || sockets.clients.size >= mostWebSockets) socket.destroy()
    else if (admits(gate, request, socket))
      sockets.handleUpgrade(request, socket, head, (opened) => serveSocket(opened, desk))
  })
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  await listen(server, options.port)
  const dropConnections = (): void => {
    for (const socket of connections) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    messages: () => desk.messages,
    push: (pump) => {
      for (const socket of sockets.clients) socket.send(textOf(desk.pushed(pump)))
    },
    dropConnections,
    close: () => {
      dropConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  { gate, desk }: { readonly gate: DigestGate; readonly desk: AnswerDesk },
): Promise<void> {
  const body = await bodyOf(request)
  if (request.method !== 'POST' || request.url !== jsonPtsPath || body === null) {
    response.writeHead(404).end()
    return
  }
  const verdict = gate.judge(request)
  if (!verdict.open) {
    response.writeHead(401, { 'www-authenticate': verdict.challenge }).end()
    return
  }
  desk.answer(body, (bytes) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(bytes)
  })
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk as Buffer)
      length += bytes.length
      if (length > longestMessageBytes) return null
      chunks.push(bytes)
    }
  } catch {
    // The client broke off.
    return null
  }
  return Buffer.concat(chunks)
}

/** Answers the opening request itself when it may not come in. */
function admits(gate: DigestGate, request: IncomingMessage, socket: Duplex): boolean {
  const verdict = gate.judge(request)
  if (verdict.open) return true
  socket.end(
    `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${verdict.challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
  return false
}

function serveSocket(socket: WebSocket, desk: AnswerDesk): void {
  socket.on('error', () => socket.terminate())
  socket.on('message', (data) => {
    if (!(data instanceof Buffer)) return
    desk.answer(data, (bytes) => {
      if (socket.readyState === socket.OPEN) socket.send(textOf(bytes))
    })
  })
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
