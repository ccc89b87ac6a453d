import type { IncomingMessage } from 'node:http'
import type { Clock } from '@baari/shared/runtime/clock'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, type Millis } from '@baari/shared/units/time'
import { WebSocket } from 'ws'
import type { BytePipe, PipeState } from '../ports/byte-pipe.ts'
import type { Unsubscribe } from '../ports/device.ts'
import { longestMessageBytes, type Handed, type MessageWire } from '../ports/message-wire.ts'
import type { DigestLogin } from '../protocols/http-digest/digest.ts'
import { DigestSession } from './digest-session.ts'
import { fault } from './line-faults.ts'
import { pinnedTls, type PinnedPeer } from './pinned-peer.ts'
import { createReconnectingPipe, type LineEvents, type OpenLine } from './reconnecting-pipe.ts'

export type WebSocketWireOptions = {
  readonly name: string
  readonly clock: Clock
  readonly ids: Pick<IdSource, 'hex'>
  readonly host: string
  readonly port: number
  readonly path: string
  readonly login: DigestLogin
  /** Over TLS, to the holder of this certificate only. */
  readonly peer?: PinnedPeer
  /** Nothing is asked on this wire, so its silence means nothing. */
  readonly listenOnly?: boolean
}

const openWithinMs = millis(2_000)

/**
 * Every message is one text message of a WebSocket that is opened again for ever (RFC 6455; the
 * login is that of the opening request, RFC 7616). Messages are whole: a torn one never arrives.
 */
export function createWebSocketWire(options: WebSocketWireOptions): MessageWire {
  const { name, clock, login, listenOnly } = options
  const session = new DigestSession(login, options)
  const pipe = createReconnectingPipe({
    name,
    clock,
    open: (events) => openSocket(options, session, events),
    ...(listenOnly === true ? { silentReplyMs: null } : {}),
  })
  return wireOf(pipe)
}

function wireOf(pipe: BytePipe): MessageWire {
  return {
    name: pipe.name,
    start: () => pipe.start(),
    state: () => pipe.state(),
    send: (message: Uint8Array, _timeoutMs: Millis): Promise<Result<Handed, Fault>> => {
      if (pipe.write(message)) return Promise.resolve(ok('sent'))
      const reason = pipe.fault() ?? fault('port_unavailable', pipe.name, 'too much waits unsent')
      return Promise.resolve(err(reason))
    },
    onMessage: (call) => pipe.onBytes(call),
    onState: (call: (state: PipeState) => void): Unsubscribe => pipe.onState(call),
    close: () => pipe.close(),
  }
}

type Opened = Result<OpenLine, Fault>
type Tried = { readonly opened: Opened; readonly again: boolean }

async function openSocket(
  options: WebSocketWireOptions,
  session: DigestSession,
  events: LineEvents,
): Promise<Opened> {
  if (session.denied) return err(fault('controller_access', options.name, 'the login was refused'))
  const first = await tryOpen(options, session, events)
  return first.again ? (await tryOpen(options, session, events)).opened : first.opened
}

/** One opening request; `again` when the server only asked who we are. */
function tryOpen(
  options: WebSocketWireOptions,
  session: DigestSession,
  events: LineEvents,
): Promise<Tried> {
  const { name, clock, host, port, path, peer } = options
  const scheme = peer === undefined ? 'ws' : 'wss'
  const authorization = session.authorization('GET', path)
  return new Promise((resolve) => {
    const socket = new WebSocket(`${scheme}://${host}:${port}${path}`, {
      ...(peer === undefined ? {} : pinnedTls(peer)),
      maxPayload: longestMessageBytes,
      perMessageDeflate: false,
      followRedirects: false,
      ...(authorization === null ? {} : { headers: { authorization } }),
    })
    const end = (opened: Opened, again = false): void => {
      cancel()
      if (!opened.ok) socket.terminate()
      resolve({ opened, again })
    }
    const failed = (why: string): void =>
      end(err(fault('port_unavailable', name, `${host}:${port}: ${why}`)))
    const cancel = clock.after('web-socket-open', openWithinMs, () => failed('no answer'))
    socket.on('error', (error) => failed(error.message))
    socket.on('unexpected-response', (_request, response) => {
      const again = worthAgain(response, session, authorization)
      response.destroy()
      const status = response.statusCode ?? 0
      const code = status === 401 || status === 403 ? 'controller_access' : 'port_unavailable'
      end(err(fault(code, name, `HTTP status ${status} at the opening request`)), again)
    })
    socket.on('open', () => end(ok(lineOf(socket, events))))
  })
}

function worthAgain(
  response: IncomingMessage,
  session: DigestSession,
  sent: string | null,
): boolean {
  if (response.statusCode !== 401) return false
  return session.challenged(response.headersDistinct['www-authenticate'] ?? [], sent)
}

function lineOf(socket: WebSocket, events: LineEvents): OpenLine {
  socket.on('message', (data) => {
    if (data instanceof Buffer) events.onBytes(data)
  })
  socket.on('error', (error) => events.onGone(error.message))
  socket.on('close', () => events.onGone('the controller closed the connection'))
  return {
    write: (bytes) => socket.send(Buffer.from(bytes).toString('utf8')),
    unsentBytes: () => socket.bufferedAmount,
    present: () => Promise.resolve(socket.readyState === WebSocket.OPEN),
    close: () => {
      socket.terminate()
      return Promise.resolve()
    },
  }
}
