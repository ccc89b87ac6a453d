import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Clock } from '@baari/shared/runtime/clock'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { monoAfter, millis, type Millis, type Mono } from '@baari/shared/units/time'
import type { PipeState } from '../ports/byte-pipe.ts'
import type { Unsubscribe } from '../ports/device.ts'
import { longestMessageBytes, type Handed, type MessageWire } from '../ports/message-wire.ts'
import type { DigestLogin } from '../protocols/http-digest/digest.ts'
import { DigestSession } from './digest-session.ts'
import { fault } from './line-faults.ts'
import { pinnedTls, type PinnedPeer } from './pinned-peer.ts'

export type HttpWireOptions = {
  readonly name: string
  readonly clock: Clock
  readonly ids: Pick<IdSource, 'hex'>
  readonly host: string
  readonly port: number
  /** Such as `/jsonPTS`. */
  readonly path: string
  readonly login: DigestLogin
  /** Over TLS, to the holder of this certificate only. */
  readonly peer?: PinnedPeer
}

/** One for the running question, one for a stop beside it, and reserve for an old one that hangs. */
const mostSockets = 4

/** Every message is one `POST`, its answer the body that comes back (RFC 7616 login). */
export function createHttpWire(options: HttpWireOptions): MessageWire {
  return new HttpWire(options)
}

type Answer = { readonly status: number; readonly challenges: string[]; readonly body: Uint8Array }

class HttpWire implements MessageWire {
  readonly name: string
  readonly #options: HttpWireOptions
  readonly #session: DigestSession
  readonly #agent: Agent
  readonly #messageCalls = new Set<(message: Uint8Array, at: Mono) => void>()
  readonly #stateCalls = new Set<(state: PipeState) => void>()
  readonly #running = new Set<ClientRequest>()
  #state: PipeState = 'opening'

  constructor(options: HttpWireOptions) {
    this.name = options.name
    this.#options = options
    this.#session = new DigestSession(options.login, options)
    const kept = { keepAlive: true, maxSockets: mostSockets }
    const { peer } = options
    this.#agent =
      peer === undefined ? new Agent(kept) : new SecureAgent({ ...kept, ...pinnedTls(peer) })
  }

  start(): void {
    // There is no connection to wait for: each message opens its own.
    if (this.#state === 'opening') this.#become('open')
  }

  state(): PipeState {
    return this.#state
  }

  async send(message: Uint8Array, timeoutMs: Millis): Promise<Result<Handed, Fault>> {
    if (this.#state !== 'open') return err(fault('port_unavailable', this.name, 'not open'))
    if (this.#session.denied) return err(this.#noAccess('401'))
    const until = monoAfter(this.#options.clock.mono(), timeoutMs)
    const first = await this.#post(message, until)
    if (!first.ok) return first
    if (first.value.answer.status !== 401) return this.#deliver(first.value.answer)
    // The server did nothing with it but ask who we are, so it may be sent again.
    if (!this.#session.challenged(first.value.answer.challenges, first.value.authorization)) {
      return err(this.#noAccess('401'))
    }
    const second = await this.#post(message, until)
    return second.ok ? this.#deliver(second.value.answer) : second
  }

  onMessage(call: (message: Uint8Array, at: Mono) => void): Unsubscribe {
    this.#messageCalls.add(call)
    return () => void this.#messageCalls.delete(call)
  }

  onState(call: (state: PipeState) => void): Unsubscribe {
    this.#stateCalls.add(call)
    return () => void this.#stateCalls.delete(call)
  }

  close(): Promise<void> {
    if (this.#state !== 'closed') this.#become('closed')
    for (const running of this.#running) running.destroy()
    this.#agent.destroy()
    return Promise.resolve()
  }

  #deliver({ status, body }: Answer): Result<Handed, Fault> {
    if (status === 401 || status === 403) return err(this.#noAccess(String(status)))
    if (status !== 200) {
      return err(fault('controller_failure', this.name, `HTTP status ${status}`))
    }
    const at = this.#options.clock.mono()
    for (const call of this.#messageCalls) call(body, at)
    return ok('over')
  }

  #noAccess(status: string): Fault {
    return fault('controller_access', this.name, `HTTP status ${status}: the login is refused`)
  }

  #post(
    message: Uint8Array,
    until: Mono,
  ): Promise<Result<{ answer: Answer; authorization: string | null }, Fault>> {
    const { clock, host, port, path, peer } = this.#options
    const open = peer === undefined ? request : secureRequest
    const authorization = this.#session.authorization('POST', path)
    return new Promise((resolve) => {
      const posted = open({
        agent: this.#agent,
        method: 'POST',
        ...{ host, port, path },
        headers: {
          'content-type': 'application/json',
          'content-length': message.length,
          ...(authorization === null ? {} : { authorization }),
        },
      })
      this.#running.add(posted)
      const end = (answer: Result<Answer, Fault>): void => {
        cancel()
        this.#running.delete(posted)
        if (!answer.ok) posted.destroy()
        resolve(answer.ok ? ok({ answer: answer.value, authorization }) : answer)
      }
      const left = millis(Math.max(0, until - clock.mono()))
      const cancel = clock.after('http-answer', left, () =>
        end(err(fault('bus_timeout', this.name, `${host}:${port} did not answer in time`))),
      )
      posted.on('error', (error) =>
        end(err(fault('port_unavailable', this.name, `${host}:${port}: ${error.message}`))),
      )
      posted.on('response', (response) => this.#read(response, end))
      posted.end(message)
    })
  }

  #read(response: IncomingMessage, end: (answer: Result<Answer, Fault>) => void): void {
    const chunks: Buffer[] = []
    let length = 0
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > longestMessageBytes) {
        end(err(fault('controller_failure', this.name, 'the answer is longer than 128 KiB')))
        return
      }
      chunks.push(chunk)
    })
    response.on('error', (error) =>
      end(err(fault('port_unavailable', this.name, `torn answer: ${error.message}`))),
    )
    response.on('end', () => {
      const challenges = response.headersDistinct['www-authenticate'] ?? []
      end(ok({ status: response.statusCode ?? 0, challenges, body: Buffer.concat(chunks) }))
    })
  }

  #become(state: PipeState): void {
    this.#state = state
    for (const call of this.#stateCalls) call(state)
  }
}
