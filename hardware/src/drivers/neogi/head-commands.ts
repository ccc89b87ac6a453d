import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis, monoAfter, type Mono } from '@baari/shared/units/time'
import type { Ack } from '../../ports/dispenser.ts'
import { presetCommand, type NeogiCommand } from '../../protocols/neogi/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import { readHead, refused, tellHead, type NeogiStation } from './head-line.ts'
import type { Granted } from './head-watch.ts'

/** What the commands know of the head and tell it. */
export type HeadMemory = {
  granted(): Granted | null
  /** From now on gas may flow, or no more. */
  grant(granted: Granted | null): void
  /** The completed sale was taken note of. */
  release(): void
}

const mostWrites = 3
const commandWithinMs = millis(2_000)
const stopWithinMs = millis(1_000)
/** A preset is in hundredths of a kilogram, up to 9999.99. */
const gramsPerStep = 10
const mostSteps = 999_999

type Answer = Result<Ack, Fault>
type PresetTry = {
  readonly preset: NeogiCommand
  readonly granted: Granted
  readonly stopsBefore: number
}

/**
 * Commands of one head. An `OK` names no command and a status tells no preset, so nothing is sent
 * again before a question of another form was answered and an earlier preset was cancelled: at most
 * one can be open (D08). A stop is judged by the status read afterwards.
 */
export class HeadCommands {
  readonly #station: NeogiStation
  readonly #memory: HeadMemory
  /** Grows with every stop; a command that began before must not be sent after. */
  #stops = 0

  constructor(station: NeogiStation, memory: HeadMemory) {
    this.#station = station
    this.#memory = memory
  }

  send(command: WireCommand): Promise<Answer> {
    switch (command.kind) {
      case 'authorise':
        return this.#authorise(command)
      case 'stop':
        return this.#stop(command)
      case 'close':
        return this.#close(command)
      case 'suspend':
      case 'resume':
      case 'price':
        return Promise.resolve(err(this.#refused(command, 'the protocol has no such command')))
    }
  }

  /** The head keeps an unused preset for ever, so it is taken back when its time is over. */
  async expire(): Promise<void> {
    const granted = this.#memory.granted()
    if (granted === null || granted.until > this.#now()) return
    const cancelled = await tellHead(this.#station, { kind: 'cancel' })
    if (cancelled.ok && this.#memory.granted() === granted) this.#memory.grant(null)
  }

  async #authorise(command: WireCommand): Promise<Answer> {
    const { limitGrams = 0, pricePaisePerKg, expiresAtMono } = command
    const steps = Math.floor(limitGrams / gramsPerStep)
    if (pricePaisePerKg === undefined || expiresAtMono === undefined) {
      return err(this.#refused(command, 'it has no price or no end'))
    }
    if (steps < 1 || steps > mostSteps) {
      return err(this.#refused(command, 'a preset is 0.01 to 9999.99 kg'))
    }
    if (this.#memory.granted() !== null) {
      return err(this.#refused(command, 'an earlier preset is still open'))
    }
    const granted = { until: expiresAtMono, pricePaisePerKg }
    return this.#preset(command, presetCommand(steps, ''), granted)
  }

  async #preset(command: WireCommand, preset: NeogiCommand, granted: Granted): Promise<Answer> {
    const stopsBefore = this.#stops
    const giveUpAt = monoAfter(this.#now(), commandWithinMs)
    let last = this.#refused(command, 'it expired before it was sent')
    for (let write = 0; write < mostWrites && this.#now() < giveUpAt; write += 1) {
      if (granted.until <= this.#now()) break
      const tried = await this.#presetOnce(command, { preset, granted, stopsBefore })
      if (tried.ok) return tried
      // A sale that began behind our lost preset is ours: nothing else could start it.
      if (tried.error === 'running' && write > 0) return this.#acked(command)
      if (tried.error === 'running') return err(this.#refused(command, 'a sale is running'))
      if (tried.error.code !== 'bus_timeout') return err(tried.error)
      last = tried.error
    }
    return err(last)
  }

  async #presetOnce(
    command: WireCommand,
    { preset, granted, stopsBefore }: PresetTry,
  ): Promise<Result<Ack, Fault | 'running'>> {
    const cleared = await this.#cleared()
    if (this.#stops !== stopsBefore) return err(this.#overtaken())
    if (!cleared.ok) return cleared
    // Until it is answered the head may or may not hold it; both count as may deliver.
    this.#memory.grant(granted)
    const told = await tellHead(this.#station, preset)
    if (this.#stops !== stopsBefore) return err(this.#overtaken())
    if (!told.ok) return told
    if (told.value) return this.#acked(command)
    this.#memory.grant(null)
    return err(this.#refused(command, 'the head says INVALID'))
  }

  /** The head rests, takes commands from us and holds no preset. */
  async #cleared(): Promise<Result<void, Fault | 'running'>> {
    const status = await readHead(this.#station, 'status')
    if (!status.ok) return status
    if (status.value.reply.state === 'fuelling') return err('running')
    // INVALID says that there was nothing to change.
    for (const kind of ['remote', 'cancel'] as const) {
      const told = await tellHead(this.#station, { kind })
      if (!told.ok) return told
    }
    return ok(undefined)
  }

  async #stop(command: WireCommand): Promise<Answer> {
    this.#stops += 1
    const giveUpAt = monoAfter(this.#now(), stopWithinMs)
    let last: Fault = fault('bus_timeout', this.#station.deviceId, 'no answer to stop')
    for (let write = 0; write < mostWrites && this.#now() < giveUpAt; write += 1) {
      const told = await tellHead(this.#station, { kind: 'stop' }, 'stop')
      if (!told.ok) last = told.error
      const ended = await this.#isAtRest()
      if (ended.ok) return this.#acked(command)
      last = ended.error
    }
    return err(last)
  }

  /** No gas flows, and no preset is left that would let it flow. */
  async #isAtRest(): Promise<Result<void, Fault>> {
    const status = await readHead(this.#station, 'status', { priority: 'control', retries: 1 })
    if (!status.ok) return status
    const { state, code } = status.value.reply
    if (state !== 'idle' && state !== 'calling') {
      return err(fault('bus_timeout', this.#station.deviceId, `still ${code} after stop`))
    }
    const cancelled = await tellHead(this.#station, { kind: 'cancel' })
    if (!cancelled.ok) return cancelled
    this.#memory.grant(null)
    return ok(undefined)
  }

  /** Releases our note of the sale, and any preset that an earlier life of the node left. */
  async #close(command: WireCommand): Promise<Answer> {
    const status = await readHead(this.#station, 'status')
    if (!status.ok) return status
    const { state, code } = status.value.reply
    if (state !== 'idle' && state !== 'calling') {
      return err(this.#refused(command, `the head is at ${code}`))
    }
    const cancelled = await tellHead(this.#station, { kind: 'cancel' })
    if (!cancelled.ok) return cancelled
    this.#memory.grant(null)
    this.#memory.release()
    return this.#acked(command)
  }

  #acked({ cmdId }: WireCommand): Answer {
    return ok({ cmdId, ackedMono: this.#now() })
  }

  #refused({ kind }: WireCommand, why: string): Fault {
    return refused(this.#station, `${kind}: ${why}`)
  }

  #overtaken(): Fault {
    return fault('bus_preempted', this.#station.deviceId, 'a stop went first')
  }

  #now(): Mono {
    return this.#station.clock.mono()
  }
}
