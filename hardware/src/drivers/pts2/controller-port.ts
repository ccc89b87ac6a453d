import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { Millis, Mono } from '@baari/shared/units/time'
import type { PipeState } from '../../ports/byte-pipe.ts'
import type { AddressHealth, Priority } from '../../ports/bus.ts'
import type { Unsubscribe } from '../../ports/device.ts'
import type { Pts2Reply, Pts2Request } from '../../protocols/pts2/contract.ts'
import type { Pts2Packet } from '../../protocols/pts2/messages.ts'

/** A request without its id; the line numbers it. */
export type Question = Pts2Request extends infer One
  ? One extends Pts2Request
    ? Omit<One, 'Id'>
    : never
  : never

export type Asking = {
  readonly priority: Priority
  /** Of each attempt. */
  readonly timeoutMs: Millis
  /** Further attempts after one without an answer; a busy controller is asked again besides. */
  readonly retries: number
  /** Queue, attempts and pauses included. */
  readonly withinMs: Millis
  readonly active?: boolean
}

/** What may come back under the id of a question. */
export type AnswerPacket = Exclude<Pts2Packet, { kind: 'request' }>

export type Answered = {
  readonly packet: AnswerPacket
  /** The message as the controller sent it. */
  readonly raw: string
  readonly at: Mono
}

export type LineCounters = {
  /** Messages that were no jsonPTS. */
  readonly brokenMessages: number
  /** Packets under the id of a question that answered another one. */
  readonly mismatches: number
  /** Packets nobody waited for. */
  readonly unasked: number
}

export type Asked = Answered & {
  /** 1 for a clean answer; more means that the reading is uncertain. */
  readonly attempts: number
}

/**
 * One controller with one asker, whatever carries its messages. An answer reaches the question with
 * its id, pump, nozzle and transaction, or nobody (S05). One question is open at a time; a stop is
 * sent at once beside it, and when it overtook a command it is sent again after that has ended,
 * because on two connections nobody keeps the order. Nothing rejects; every question ends by
 * `withinMs` and one attempt. Faults: `bus_timeout`, `bus_offline`, `bus_deadline`,
 * `bus_preempted`, `bus_closed`, `port_unavailable`, `controller_busy`, `controller_access`,
 * `controller_failure`.
 */
export type ControllerLine = {
  readonly name: string
  start(): void
  ask(question: Question, asking: Asking): Promise<Result<Asked, Fault>>
  state(): PipeState
  health(pump: number): AddressHealth
  stats(): ControllerStats
  onState(call: (state: PipeState) => void): Unsubscribe
  /** Replies that nobody asked for: late ones, and what a controller tells by itself. */
  onUnasked(call: (reply: Pts2Reply, at: Mono) => void): Unsubscribe
  close(): Promise<void>
}

export type ControllerStats = LineCounters & {
  readonly questions: number
  readonly answers: number
  readonly timeouts: number
  readonly retries: number
  /** Times the controller said that another user holds it. */
  readonly busy: number
  readonly preempted: number
  readonly overflows: number
}
