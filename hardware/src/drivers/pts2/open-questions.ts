import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { Unsubscribe } from '../../ports/device.ts'
import type { MessageWire } from '../../ports/message-wire.ts'
import type { Pts2Reply, Pts2Request } from '../../protocols/pts2/contract.ts'
import {
  answers,
  readMessage,
  writeMessage,
  type Pts2Packet,
} from '../../protocols/pts2/messages.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AnswerPacket, Answered, LineCounters, Question } from './controller-port.ts'

type Waiting = {
  readonly request: Pts2Request
  readonly end: (answer: Result<Answered, Fault>) => void
}

/** Ids run from 1 to this and begin anew; a controller keeps up to nine digits. */
const highestId = 999_999_999

/** The questions on their way, by their ids. Ids are not used twice within a billion questions. */
export class OpenQuestions {
  readonly #wire: MessageWire
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting>()
  readonly #unaskedCalls = new Set<(reply: Pts2Reply, at: Mono) => void>()
  readonly #counters = { brokenMessages: 0, mismatches: 0, unasked: 0 }
  #lastId = 0

  constructor(wire: MessageWire, clock: Clock) {
    this.#wire = wire
    this.#clock = clock
    wire.onMessage((message, at) => this.#heard(message, at))
  }

  counters(): LineCounters {
    return { ...this.#counters }
  }

  onUnasked(call: (reply: Pts2Reply, at: Mono) => void): Unsubscribe {
    this.#unaskedCalls.add(call)
    return () => void this.#unaskedCalls.delete(call)
  }

  ask(question: Question, timeoutMs: Millis): Promise<Result<Answered, Fault>> {
    this.#lastId = this.#lastId >= highestId ? 1 : this.#lastId + 1
    const id = this.#lastId
    const request = numbered(question, id)
    return new Promise((resolve) => {
      const end = (answer: Result<Answered, Fault>): void => {
        cancel()
        this.#waiting.delete(id)
        resolve(answer)
      }
      const hint = `${request.Type} of pump ${request.Data.Pump} was not answered`
      const silence = (): void => end(err(fault('bus_timeout', this.#wire.name, hint)))
      const cancel = this.#clock.after('controller-answer', timeoutMs, silence)
      this.#waiting.set(id, { request, end })
      void this.#wire.send(writeMessage([request]), timeoutMs).then((handed) => {
        if (!this.#waiting.has(id)) return
        if (!handed.ok) end(handed)
        else if (handed.value === 'over') silence()
      })
    })
  }

  /** The wire is gone: what was on its way will not be answered. */
  lost(): void {
    for (const { end } of [...this.#waiting.values()]) {
      end(err(fault('bus_offline', this.#wire.name, 'the connection was lost')))
    }
  }

  #heard(message: Uint8Array, at: Mono): void {
    const packets = readMessage(message)
    if (!packets.ok) {
      this.#counters.brokenMessages += 1
      return
    }
    const raw = new TextDecoder().decode(message)
    for (const packet of packets.value) this.#packet(packet, { raw, at })
  }

  #packet(packet: Pts2Packet, from: { readonly raw: string; readonly at: Mono }): void {
    const waiting = packet.kind === 'request' ? undefined : this.#waitingFor(packet)
    if (packet.kind !== 'request' && waiting !== undefined && fits(waiting.request, packet)) {
      waiting.end(ok({ packet, ...from }))
      return
    }
    if (waiting === undefined) this.#counters.unasked += 1
    else this.#counters.mismatches += 1
    if (packet.kind !== 'reply' || waiting !== undefined) return
    for (const call of this.#unaskedCalls) call(packet.packet, from.at)
  }

  #waitingFor({ id }: AnswerPacket): Waiting | undefined {
    return id === null ? undefined : this.#waiting.get(id)
  }
}

/** A packet that cannot be read answers the question of its id too: with what it is not (D14). */
function fits(request: Pts2Request, packet: AnswerPacket): boolean {
  return packet.kind === 'refused' || answers(request, packet)
}

function numbered(question: Question, id: number): Pts2Request {
  return { ...question, Id: id }
}
