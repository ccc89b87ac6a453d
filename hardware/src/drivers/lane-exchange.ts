import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter } from '@baari/shared/units/time'
import type { Bus, Exchanged } from '../ports/bus.ts'
import { highestSeq, type LaneReply, type LaneRequest } from '../protocols/baari-lane/messages.ts'

export type LaneBus = Bus<LaneRequest, LaneReply>

const timeoutMs = millis(300)
const withinMs = millis(2_000)

type Unnumbered =
  | Omit<Extract<LaneRequest, { kind: 'show' }>, 'seq'>
  | Omit<Extract<LaneRequest, { kind: 'move' }>, 'seq'>
  | Omit<Extract<LaneRequest, { kind: 'state' }>, 'seq'>

/** Asks a sign or a barrier. Each form of a question has a number of its own (S05). */
export class LaneAsker {
  readonly #id: string
  readonly #bus: LaneBus
  readonly #clock: Clock
  #seq = 0

  constructor(id: string, { bus, clock }: { readonly bus: LaneBus; readonly clock: Clock }) {
    this.#id = id
    this.#bus = bus
    this.#clock = clock
  }

  async ask(
    request: Unnumbered,
    retries: number,
  ): Promise<Result<Exchanged<LaneRequest, LaneReply>, Fault>> {
    const answer = await this.#bus.exchange({
      forms: [this.#numbered(request), this.#numbered(request), this.#numbered(request)],
      priority: 'control',
      timeoutMs,
      retries,
      deadline: monoAfter(this.#clock.mono(), withinMs),
    })
    return answer.ok ? answer : err({ ...answer.error, device: this.#id })
  }

  #numbered(request: Unnumbered): LaneRequest {
    this.#seq = this.#seq >= highestSeq ? 0 : this.#seq + 1
    return { ...request, seq: this.#seq }
  }
}
