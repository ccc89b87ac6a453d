import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Millis } from '@baari/shared/units/time'
import type { Bus, Exchanged } from '../../ports/bus.ts'
import type {
  GilbarcoData,
  GilbarcoReply,
  GilbarcoRequest,
} from '../../protocols/gilbarco-two-wire/frames.ts'
import type { GilbarcoCommand } from '../../protocols/gilbarco-two-wire/tables.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AskOptions } from '../ask-options.ts'

export type GilbarcoBus = Bus<GilbarcoRequest, GilbarcoReply>
export type GilbarcoAnswer = Exchanged<GilbarcoRequest, GilbarcoReply>
type Told = Promise<Result<void, Fault>>

/** Where one pump is on its loop. */
export type PumpPlace = {
  readonly deviceId: string
  readonly pump: number
  readonly timeoutMs: Millis
}

const listeningCode = 13
const dataErrorCode = 0
/** The block follows the pump's word at once. */
const blockWithinMs = millis(100)
const mostTells = 2
const quickAsk: AskOptions = { priority: 'control', retries: 2, withinMs: millis(500) }

/**
 * One loop with all its pumps. A block of the host names no pump: whoever listens takes it. So one
 * pump at a time is made to listen, and none before every pump that may still listen from earlier has
 * said that it does not.
 */
export class GilbarcoLoop {
  readonly bus: GilbarcoBus
  readonly #clock: Clock
  readonly #mayListen = new Map<number, PumpPlace>()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(bus: GilbarcoBus, clock: Clock) {
    this.bus = bus
    this.#clock = clock
  }

  /** A command to one pump; its reply, or that none is given. */
  command(
    place: PumpPlace,
    command: GilbarcoCommand,
    options: AskOptions & { readonly holdMs?: Millis },
  ): Promise<Result<GilbarcoAnswer, Fault>> {
    return this.#exchange(place, { kind: 'command', command, pump: place.pump }, options)
  }

  /** Price or preset, taken by this very pump. */
  tell(place: PumpPlace, data: GilbarcoData): Told {
    const mine = this.#turn.then(() => this.#tell(place, data))
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #tell(place: PumpPlace, data: GilbarcoData): Told {
    const others = await this.#othersAreDeaf(place)
    if (!others.ok) return others
    for (let tell = 0; tell < mostTells; tell += 1) {
      this.#mayListen.set(place.pump, place)
      const opened = await this.command(place, 'send-data', { ...quickAsk, holdMs: blockWithinMs })
      if (!opened.ok) return opened
      if (codeOf(opened.value) !== listeningCode) return this.#refused(place, 'it does not listen')
      const sent = await this.#exchange(place, { kind: 'data', pump: place.pump, data }, quickAsk)
      if (!sent.ok) return sent
      const after = await this.command(place, 'status', quickAsk)
      if (!after.ok) return after
      const code = codeOf(after.value)
      if (code === listeningCode) continue
      this.#mayListen.delete(place.pump)
      if (code !== dataErrorCode) return ok(undefined)
    }
    return this.#refused(place, 'it takes no block')
  }

  async #othersAreDeaf({ pump, deviceId }: PumpPlace): Told {
    for (const other of [...this.#mayListen.values()]) {
      if (other.pump === pump) continue
      const answer = await this.command(other, 'status', quickAsk)
      const deaf = answer.ok && codeOf(answer.value) !== listeningCode
      if (!deaf) {
        const hint = `pump ${other.pump} may still listen and would take this pump's block`
        return err(fault('bus_timeout', deviceId, hint))
      }
      this.#mayListen.delete(other.pump)
    }
    return ok(undefined)
  }

  #refused({ deviceId }: PumpPlace, why: string): Result<never, Fault> {
    return err(fault('bus_timeout', deviceId, why))
  }

  async #exchange(
    { deviceId, timeoutMs }: PumpPlace,
    request: GilbarcoRequest,
    { withinMs, ...options }: AskOptions & { readonly holdMs?: Millis },
  ): Promise<Result<GilbarcoAnswer, Fault>> {
    const deadline = monoAfter(this.#clock.mono(), withinMs)
    const answer = await this.bus.exchange({ forms: [request], timeoutMs, deadline, ...options })
    return answer.ok ? answer : err({ ...answer.error, device: deviceId })
  }
}

/** The code of a status; null for another reply. */
export function codeOf({ reply }: GilbarcoAnswer): number | null {
  return reply.kind === 'status' ? reply.code : null
}
