import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { Ack, DispenserState } from '../../ports/dispenser.ts'
import { fault } from '../../transports/line-faults.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import { controllerFault } from './controller-fault.ts'
import type { Question } from './controller-port.ts'
import { whoseSale } from './pump-lookup.ts'
import { authoriseQuestion } from './pump-order.ts'
import { setPriceAt } from './pump-prices.ts'
import { pumpFrame } from './pump-frame.ts'
import { askPump, readStatus, type PumpStation, type StatusReply } from './pump-station.ts'

/** Times a command is sent before its outcome is called unknown. */
const mostWrites = 3
const commandWithinMs = millis(2_000)
const stopWithinMs = millis(1_000)
/** A controller passes a stop on to the dispenser before its status shows it. */
const stopLookMs = millis(60)
const looksPerStop = 3
/** A command that was on its way when a stop overtook it is not expected later than this. */
const strayMs = millis(10_000)
const unsafeAfterStop: readonly DispenserState[] = ['authorised', 'started', 'fuelling', 'fault']

type Answer = Result<Ack, Fault>

/**
 * Commands of one dispenser. The controller knows no command ids, so an authorisation carries its
 * own in `Tag`, and one whose answer was lost is looked up before it is sent again (D08). A stop is
 * judged by the status read afterwards.
 */
export class PumpCommands {
  readonly #station: PumpStation
  /** Grows with every stop; a command that began before must not be sent after. */
  #stops = 0
  #stoppedAt: Mono | null = null
  /** The authorisation we gave last; null when none of ours is open. */
  #granted: { readonly at: Mono; readonly until: Mono } | null = null
  /** Authorisations whose outcome is not known yet. */
  #authorising = 0

  constructor(station: PumpStation) {
    this.#station = station
  }

  send(command: WireCommand): Promise<Answer> {
    switch (command.kind) {
      case 'authorise':
        return this.#authorise(command)
      case 'stop':
        return this.#stop(command)
      case 'suspend':
        return this.#plain(command, { Type: 'PumpSuspend', Data: this.#pump() }, isSuspended)
      case 'resume':
        return this.#plain(command, { Type: 'PumpResume', Data: this.#pump() }, isFlowing)
      case 'close':
        return this.#close(command)
      case 'price':
        return this.#price(command)
    }
  }

  /**
   * The controller keeps an unused authorisation for ever, so it is taken back here when its time
   * is over; so is one that arrived behind the stop that overtook it.
   */
  watch(state: DispenserState, at: Mono): void {
    const granted = this.#granted
    if (state !== 'authorised') {
      // A status from before our command says nothing about it.
      if (granted !== null && at > granted.at) this.#granted = null
      return
    }
    const now = this.#now()
    const stopped = this.#stoppedAt !== null && monoAfter(this.#stoppedAt, strayMs) > now
    const stray = stopped && granted === null && this.#authorising === 0
    const expired = granted !== null && granted.until <= now
    if (stray || expired) void this.#askStop('PumpStop')
  }

  async #authorise(command: WireCommand): Promise<Answer> {
    const { cmdId, limitGrams, pricePaisePerKg, expiresAtMono } = command
    if (limitGrams === undefined || pricePaisePerKg === undefined) {
      return err(this.#refused(command, 'it has no limit or no price'))
    }
    const terms = { cmdId, limitGrams, pricePaisePerKg }
    const question = authoriseQuestion(this.#station.config, terms)
    if (question === null) return err(this.#refused(command, 'below one step of the dispenser'))
    const stopsBefore = this.#stops
    this.#authorising += 1
    const answer = await this.#repeatedly(command, question, () => whoseSale(this.#station, cmdId))
    this.#authorising -= 1
    // A stop that came meanwhile has the last word.
    const until = this.#stops === stopsBefore ? expiresAtMono : undefined
    if (answer.ok && until !== undefined) this.#granted = { at: this.#now(), until }
    return answer
  }

  /** Sends up to three times; after a lost answer `carriedOut` tells whether it arrived. */
  async #repeatedly(
    command: WireCommand,
    question: Question,
    carriedOut: () => Promise<Result<'ours' | 'none' | 'other', Fault>>,
  ): Promise<Answer> {
    const stopsBefore = this.#stops
    const giveUpAt = monoAfter(this.#now(), commandWithinMs)
    let last: Fault = this.#refused(command, 'it expired before it was sent')
    for (let write = 0; write < mostWrites && this.#now() < giveUpAt; write += 1) {
      if (this.#stops !== stopsBefore) return err(this.#overtaken())
      if (this.#expired(command)) return err(last)
      const told = await this.#tell(command, question)
      if (told.ok || !isUnknown(told.error, write)) return told
      if (this.#stops !== stopsBefore) return err(this.#overtaken())
      last = told.error
      const found = await carriedOut()
      if (!found.ok) return err(last)
      if (found.value === 'ours') return this.#acked(command)
      if (found.value === 'other') return err(this.#refused(command, 'another sale is open'))
    }
    return err(last)
  }

  async #plain(
    command: WireCommand,
    question: Question,
    isDone: (status: StatusReply) => boolean,
  ): Promise<Answer> {
    return this.#repeatedly(command, question, async () => {
      const status = await readStatus(this.#station)
      return status.ok ? ok(isDone(status.value) ? 'ours' : 'none') : status
    })
  }

  async #close(command: WireCommand): Promise<Answer> {
    const status = await readStatus(this.#station)
    if (!status.ok) return status
    const { Type, Data } = status.value
    if (Type === 'PumpIdleStatus') return this.#acked(command)
    if (Type !== 'PumpEndOfTransactionStatus') {
      return err(this.#refused(command, `the dispenser is at ${Type}`))
    }
    const question: Question = {
      Type: 'PumpCloseTransaction',
      Data: { ...this.#pump(), Transaction: Data.Transaction },
    }
    return this.#plain(command, question, (now) => now.Type !== 'PumpEndOfTransactionStatus')
  }

  async #price(command: WireCommand): Promise<Answer> {
    const { pricePaisePerKg } = command
    if (pricePaisePerKg === undefined) return err(this.#refused(command, 'it has no price'))
    const set = await setPriceAt(this.#station, pricePaisePerKg)
    return set.ok ? this.#acked(command) : set
  }

  async #stop(command: WireCommand): Promise<Answer> {
    this.#stops += 1
    this.#granted = null
    this.#stoppedAt = this.#now()
    const giveUpAt = monoAfter(this.#now(), stopWithinMs)
    let last: Fault = fault('bus_timeout', this.#station.deviceId, 'no answer to stop')
    for (let write = 0; write < mostWrites && this.#now() < giveUpAt; write += 1) {
      // What does not stop by the usual way is stopped by the other.
      const told = await this.#askStop(write === 0 ? 'PumpStop' : 'PumpEmergencyStop')
      if (!told.ok) last = told.error
      for (let look = 0; look < looksPerStop && this.#now() < giveUpAt; look += 1) {
        const state = await this.#stateNow()
        if (state.ok && !unsafeAfterStop.includes(state.value)) return this.#acked(command)
        const seen = state.ok ? `still ${state.value} after stop` : state.error.hint
        last = fault('bus_timeout', this.#station.deviceId, seen)
        await this.#pause(stopLookMs)
      }
    }
    return err(last)
  }

  #askStop(Type: 'PumpStop' | 'PumpEmergencyStop') {
    const timeoutMs = millis(Math.min(300, this.#station.config.timeoutMs))
    const options = { priority: 'stop', retries: 0, timeoutMs, withinMs: stopWithinMs } as const
    return askPump(this.#station, { Type, Data: this.#pump() }, options)
  }

  async #stateNow(): Promise<Result<DispenserState, Fault>> {
    const { nozzle } = this.#station
    const asked = await askPump(
      this.#station,
      { Type: 'PumpGetStatus', Data: this.#pump() },
      { priority: 'control', retries: 0, timeoutMs: millis(300), withinMs: millis(500) },
    )
    if (!asked.ok) return asked
    return ok(pumpFrame({ nozzle, lastSequence: null }, asked.value).status.state)
  }

  /** One exchange; what is no confirmation is a fault. */
  async #tell(command: WireCommand, question: Question): Promise<Answer> {
    const asked = await askPump(this.#station, question, { priority: 'control', retries: 0 })
    if (!asked.ok) return asked
    const { packet, at } = asked.value
    if (packet.kind === 'confirmed' || packet.kind === 'reply') {
      return ok({ cmdId: command.cmdId, ackedMono: at })
    }
    return err(controllerFault(this.#station.deviceId, question.Type, packet))
  }

  #acked({ cmdId }: WireCommand): Answer {
    return ok({ cmdId, ackedMono: this.#now() })
  }

  #expired({ expiresAtMono }: WireCommand): boolean {
    return expiresAtMono !== undefined && expiresAtMono <= this.#now()
  }

  #refused({ kind }: WireCommand, why: string): Fault {
    return fault('dispenser_refused', this.#station.deviceId, `${kind}: ${why}`)
  }

  #overtaken(): Fault {
    return fault('bus_preempted', this.#station.deviceId, 'a stop went first')
  }

  #pump(): { readonly Pump: number } {
    return { Pump: this.#station.config.pump }
  }

  #pause(delay: Millis): Promise<void> {
    return new Promise((resolve) => void this.#station.clock.after('pts2-look', delay, resolve))
  }

  #now(): Mono {
    return this.#station.clock.mono()
  }
}

/**
 * Whether the command may have been carried out although the answer does not say so. A refusal of a
 * repeated command may be the trace of the first one.
 */
function isUnknown({ code }: Fault, write: number): boolean {
  if (code === 'dispenser_refused') return write > 0
  return code === 'bus_timeout' || code === 'port_unavailable' || code === 'bus_deadline'
}

function isSuspended({ Type, Data }: StatusReply): boolean {
  return Type === 'PumpFillingStatus' && Data.IsSuspended === true
}

function isFlowing({ Type, Data }: StatusReply): boolean {
  return Type === 'PumpFillingStatus' && Data.IsSuspended !== true
}
