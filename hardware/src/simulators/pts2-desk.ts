import type { Clock } from '@baari/shared/runtime/clock'
import type { Pts2Request } from '../protocols/pts2/contract.ts'
import { readMessage, writeMessage } from '../protocols/pts2/messages.ts'
import { answerOfPump, errorOf } from './pts2-dispenser.ts'
import type { SimulatedDispenser } from './simulated-dispenser.ts'

export type DeskOptions = {
  readonly heads: readonly SimulatedDispenser[]
  readonly clock: Clock
}

/** Answers whole messages, each with the delay and the damage of its dispenser's line. */
export class AnswerDesk {
  readonly #heads: readonly SimulatedDispenser[]
  readonly #clock: Clock
  readonly #answered = new Map<SimulatedDispenser, number>()
  #pushes = 0
  messages = 0

  constructor({ heads, clock }: DeskOptions) {
    this.#heads = heads
    this.#clock = clock
  }

  answer(message: Uint8Array, send: (bytes: Uint8Array) => void): void {
    this.messages += 1
    const packets = readMessage(message)
    if (!packets.ok) return
    for (const packet of packets.value) {
      if (packet.kind === 'request') this.#answerOne(packet.packet, send)
    }
  }

  /** A status nobody asked for, under an id of the controller's own. */
  pushed(pump: number): Uint8Array {
    this.#pushes += 1
    const request = { Id: 500_000_000 + this.#pushes, Type: 'PumpGetStatus' } as const
    return this.#bytesFor({ ...request, Data: { Pump: pump } })
  }

  #answerOne(request: Pts2Request, send: (bytes: Uint8Array) => void): void {
    const head = this.#headOf(request)
    if (head === undefined) {
      send(writeMessage([errorOf(request, 'PUMP_IS_NOT_CONFIGURED')]))
      return
    }
    const nth = (this.#answered.get(head) ?? 0) + 1
    this.#answered.set(head, nth)
    if (head.trouble.silent) return
    const bytes = head.trouble.distort(this.#bytesFor(request), nth)
    if (bytes === null) return
    this.#clock.after('controller-reply', head.trouble.delayMs(nth), () => send(bytes))
  }

  #bytesFor(request: Pts2Request): Uint8Array {
    const head = this.#headOf(request)
    if (head === undefined) return writeMessage([errorOf(request, 'PUMP_IS_NOT_CONFIGURED')])
    if (head.trouble.exception !== null) return writeMessage([errorOf(request, 'BUSY_OTHER_USER')])
    const bytes = writeMessage([answerOfPump(head, request)])
    if (!head.unknownState || request.Type !== 'PumpGetStatus') return bytes
    // A status of a later firmware, which nobody here knows (D14).
    return Buffer.from(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/Pump\w+Status/, 'PumpMaintenanceStatus'),
    )
  }

  #headOf({ Data }: Pts2Request): SimulatedDispenser | undefined {
    return this.#heads.find(({ address }) => address === Data.Pump)
  }
}
