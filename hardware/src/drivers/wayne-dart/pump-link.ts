import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { Bus, Exchange, Exchanged } from '../../ports/bus.ts'
import {
  createReceivedBlocks,
  createSentSequence,
} from '../../protocols/wayne-dart/block-sequence.ts'
import type { DartHostFrame, DartPumpFrame } from '../../protocols/wayne-dart/frames.ts'
import type { HostPart, PumpPart } from '../../protocols/wayne-dart/parts.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AskOptions } from '../ask-options.ts'

export type DartBus = Bus<DartHostFrame, DartPumpFrame>

/** What a pump told in one round of polls. */
export type PumpTold = {
  readonly parts: readonly PumpPart[]
  /** The blocks as they came. */
  readonly raw: readonly Uint8Array[]
  /** The most that one exchange of the round needed. */
  readonly attempts: number
  readonly at: Mono
}

type Setup = {
  readonly deviceId: string
  readonly bus: DartBus
  readonly clock: Clock
  readonly address: number
  readonly timeoutMs: Millis
}

/** Blocks taken in one round; a pump that never ends would hold the line for itself. */
const mostPolls = 5
/** A pump that refuses a block names it damaged, so it is sent again. */
const mostSends = 3

/**
 * One pump on its line: numbered blocks to it, and the blocks it tells when it is polled, each
 * acknowledged with the next poll and taken once however often it comes.
 */
export class PumpLink {
  readonly #setup: Setup
  readonly #sequence = createSentSequence()
  readonly #received = createReceivedBlocks()
  #unacknowledged: number | null = null

  constructor(setup: Setup) {
    this.#setup = setup
    setup.bus.onState((state) => {
      if (state !== 'open') this.#received.forget()
    })
  }

  /** One block; done when the pump acknowledged its number. What it then does is read afterwards. */
  async send(parts: readonly HostPart[], options: AskOptions): Promise<Result<number, Fault>> {
    const { address, deviceId } = this.#setup
    const block = { kind: 'data', address, sequence: this.#sequence.next(), parts } as const
    for (let sent = 1; sent <= mostSends; sent += 1) {
      const answer = await this.#exchange(block, options)
      if (!answer.ok) return answer
      if (answer.value.reply.kind === 'ack') return ok(answer.value.attempts + sent - 1)
    }
    return err(fault('bus_timeout', deviceId, 'the pump refuses our blocks as damaged'))
  }

  /**
   * Asks and polls until the pump has nothing more to tell. The acknowledged question is a barrier:
   * a device answers in order, so what is told after it was not told before it.
   */
  async ask(parts: readonly HostPart[], options: AskOptions): Promise<Result<PumpTold, Fault>> {
    const sent = await this.send(parts, options)
    if (!sent.ok) return sent
    const { clock } = this.#setup
    const told = { parts: [] as PumpPart[], raw: [] as Uint8Array[], attempts: sent.value }
    let at = clock.mono()
    for (let poll = 0; poll < mostPolls; poll += 1) {
      const answer = await this.#exchange(this.#poll(), options)
      if (!answer.ok) return answer
      const { reply, raw, attempts } = answer.value
      told.attempts = Math.max(told.attempts, attempts)
      if (reply.kind !== 'data') {
        this.#unacknowledged = null
        break
      }
      this.#unacknowledged = reply.sequence
      if (this.#received.received(reply.sequence, raw) === 'repeated') continue
      told.parts.push(...reply.parts)
      told.raw.push(raw)
      at = answer.value.at
    }
    return ok({ ...told, at })
  }

  #poll(): DartHostFrame {
    const { address } = this.#setup
    const sequence = this.#unacknowledged
    return sequence === null ? { kind: 'poll', address } : { kind: 'ack-poll', address, sequence }
  }

  async #exchange(
    frame: DartHostFrame,
    { priority, active = false, retries, withinMs }: AskOptions,
  ): Promise<Result<Exchanged<DartHostFrame, DartPumpFrame>, Fault>> {
    const { bus, clock, timeoutMs, deviceId } = this.#setup
    const exchange: Exchange<DartHostFrame> = {
      forms: [frame],
      priority,
      timeoutMs,
      retries,
      active,
      deadline: monoAfter(clock.mono(), withinMs),
    }
    const answer = await bus.exchange(exchange)
    return answer.ok ? answer : err({ ...answer.error, device: deviceId })
  }
}

export const usualAsk: AskOptions = { priority: 'poll', retries: 2, withinMs: millis(1_000) }
