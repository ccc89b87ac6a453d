import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { CommandId } from '@baari/shared/units/names'
import { pause, type Clock } from '@baari/shared/runtime/clock'
import { millis, mono, monoAfter, type Mono } from '@baari/shared/units/time'
import type { Ack, DispenserState } from '../../ports/dispenser.ts'
import type { HostPart } from '../../protocols/wayne-dart/parts.ts'
import type { DartCommand } from '../../protocols/wayne-dart/tables.ts'
import { fault } from '../../transports/line-faults.ts'
import type { WireCommand } from '../dispenser-wire.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { AskOptions } from './pump-link.ts'
import type { PumpReader } from './pump-reader.ts'

const inControl: AskOptions = { priority: 'control', retries: 2, withinMs: millis(500) }
/** Of one command, from its turn on. */
const commandWithinMs = millis(2_000)
/** DC1 must show what was commanded within this (docs/protocols/wayne-dart.md). */
const obeysWithinMs = millis(1_000)
const lookAgainMs = millis(20)
const stopWithinMs = millis(1_000)
const mostStops = 3

type States = readonly DispenserState[]
/** States in which gas flows or may start to. */
const open: States = ['authorised', 'started', 'fuelling']
const ready: States = ['idle', 'calling']

type SentAuthorise = {
  readonly cmdId: CommandId
  readonly expiresAtMono: Mono | null
  readonly totalBefore: Grams | null
}

type Answer = Promise<Result<Ack, Fault>>
type Expected = { readonly wanted: States; readonly pending: States }

/**
 * Commands as numbered blocks, each judged by the state the pump tells afterwards: an
 * acknowledgement says that the bytes arrived, not that they were obeyed.
 */
export class PumpCommands {
  readonly #reader: PumpReader
  readonly #clock: Clock
  /** Grows with every stop; what began before must not be sent after. */
  #stops = 0
  /** The authorise that was sent last: repeated, it is looked up and not sent again (D08). */
  #authorised: SentAuthorise | null = null
  /** When the command whose turn it is gives up. */
  #giveUpAt: Mono = mono(0)

  constructor(reader: PumpReader, clock: Clock) {
    this.#reader = reader
    this.#clock = clock
  }

  send(command: WireCommand): Answer {
    if (command.kind === 'stop') return this.#stop(command, () => this.#lookInTurn())
    const stops = this.#stops
    return this.#reader.inTurn(() => {
      this.#giveUpAt = monoAfter(this.#clock.mono(), commandWithinMs)
      return this.#carryOut(command, () => this.#stops !== stops)
    })
  }

  /** The pump has no expiry of its own: an authorisation nobody used is taken back (only in turn). */
  async takeBackExpired({ status }: LiveFrame): Promise<void> {
    const expiresAtMono = this.#authorised?.expiresAtMono ?? null
    if (status.state !== 'authorised' || expiresAtMono === null) return
    if (expiresAtMono > this.#clock.mono()) return
    await this.#command('stop', { ...inControl, priority: 'stop' })
  }

  #carryOut(command: WireCommand, overtaken: () => boolean): Answer {
    switch (command.kind) {
      case 'authorise':
        return this.#authorise(command, overtaken)
      case 'suspend':
        return this.#change(command, 'suspend', { wanted: ['suspended'], pending: ['fuelling'] })
      case 'resume':
        return this.#resume(command, overtaken)
      case 'close':
        return this.#close(command)
      case 'price':
        return this.#price(command)
      case 'stop':
        return this.#stop(command, () => this.#look())
    }
  }

  /** Reset, price, nozzle, preset, authorise, then DC1 = authorised or filling (hardware.md 5.1). */
  async #authorise(command: WireCommand, overtaken: () => boolean): Answer {
    const { cmdId, expiresAtMono = null } = command
    const now = await this.#look()
    if (!now.ok) return now
    const { state, totaliserGrams: totalBefore } = now.value.status
    if (this.#expired(command)) return this.#refused(command, 'it expired before it was sent')
    if (this.#wasObeyed(command, now.value)) return this.#ack(command)
    if (state !== 'completed' && !ready.includes(state)) {
      return this.#refused(command, `it is ${state}`)
    }
    const steps = this.#termsOf(command, state === 'completed')
    if (typeof steps === 'string') return this.#refused(command, steps)
    const armed = await this.#arm(command, { steps, overtaken })
    if (!armed.ok) return armed
    this.#authorised = { cmdId, expiresAtMono, totalBefore }
    const sent = await this.#command('authorise', this.#options)
    return this.#confirmed(command, { sent, overtaken })
  }

  /** Everything that must stand before the authorise; it is not sent after a stop or too late. */
  async #arm(
    command: WireCommand,
    {
      steps,
      overtaken,
    }: { readonly steps: readonly (readonly HostPart[])[]; readonly overtaken: () => boolean },
  ): Promise<Result<void, Fault>> {
    for (const parts of steps) {
      const sent = await this.#reader.setup.link.send(parts, this.#options)
      if (overtaken()) return err(this.#overtakenFault())
      if (this.#expired(command)) return this.#refused(command, 'it expired before it was sent')
      if (!sent.ok) return sent
    }
    return ok(undefined)
  }

  /** Without an acknowledgement the state tells whether the pump has it. */
  async #confirmed(
    command: WireCommand,
    {
      sent,
      overtaken,
    }: { readonly sent: Result<number, Fault>; readonly overtaken: () => boolean },
  ): Answer {
    const told = await this.#until({ wanted: open, pending: ready }, overtaken)
    if (told.ok || told.error.code !== 'dispenser_refused') return this.#acked(command, told)
    if (!sent.ok) return sent
    // It was acknowledged and not obeyed; so that it cannot be obeyed later, it is taken back.
    const stopped = await this.#stop(command, () => this.#look())
    return stopped.ok ? this.#refused(command, 'the pump did not authorise') : stopped
  }

  /** Repeated after a fault of the line: the sale is open, or gas has flowed for it meanwhile (D08). */
  #wasObeyed({ cmdId }: WireCommand, { status }: LiveFrame): boolean {
    const before = this.#authorised
    if (before === null || before.cmdId !== cmdId) return false
    const moved = before.totalBefore !== null && status.totaliserGrams !== before.totalBefore
    return open.includes(status.state) || moved
  }

  /** The blocks before the authorise, or why there are none. */
  #termsOf(
    { limitGrams, pricePaisePerKg, nozzle }: WireCommand,
    isCompleted: boolean,
  ): readonly (readonly HostPart[])[] | string {
    const { scale } = this.#reader.setup
    const volumeCounts = limitGrams === undefined ? null : scale.presetCounts(limitGrams)
    const priceCounts = pricePaisePerKg === undefined ? null : scale.priceCounts(pricePaisePerKg)
    if (volumeCounts === null) return 'the display cannot show the limit'
    if (priceCounts === null) return 'the display cannot show the price'
    const priceIsSet = pricePaisePerKg === this.#reader.view.pricePaisePerKg
    return [
      ...(isCompleted ? [[{ kind: 'command', command: 'reset' } as const]] : []),
      ...(priceIsSet ? [] : [[{ kind: 'price-update', priceCounts: [priceCounts] } as const]]),
      [{ kind: 'allowed-nozzles', nozzles: [nozzle] }],
      [{ kind: 'preset-volume', volumeCounts }],
    ]
  }

  /** Sent at once and before everything; judged by the state, whatever became of its acknowledgement. */
  async #stop(command: WireCommand, look: () => Promise<Result<LiveFrame, Fault>>): Answer {
    this.#stops += 1
    const giveUpAt = monoAfter(this.#clock.mono(), stopWithinMs)
    let last: Fault = fault('bus_timeout', this.#id, 'the stop was not sent')
    for (let stop = 0; stop < mostStops && this.#clock.mono() < giveUpAt; stop += 1) {
      await this.#command('stop', { ...inControl, priority: 'stop', retries: 0 })
      const told = await look()
      if (told.ok && isStopped(told.value)) return this.#acked(command, told)
      last = told.ok
        ? fault('bus_timeout', this.#id, `still ${told.value.status.state} after stop`)
        : told.error
    }
    return err(last)
  }

  async #resume(command: WireCommand, overtaken: () => boolean): Answer {
    const now = await this.#look()
    if (!now.ok) return now
    const { state } = now.value.status
    if (state !== 'suspended') return this.#refused(command, `it is ${state}`)
    if (overtaken()) return err(this.#overtakenFault())
    const wanted: States = ['started', 'fuelling', 'completed']
    return this.#change(command, 'resume', { wanted, pending: ['suspended'] })
  }

  async #close(command: WireCommand): Answer {
    const now = await this.#look()
    if (!now.ok) return now
    const { state } = now.value.status
    if (ready.includes(state) || state === 'closed') return this.#ack(command)
    if (state !== 'completed') return this.#refused(command, `it is ${state}`)
    return this.#change(command, 'reset', { wanted: ready, pending: ['completed'] })
  }

  /** An open sale keeps its price (D11), so the acknowledgement is all the pump can show. */
  async #price(command: WireCommand): Answer {
    const { pricePaisePerKg } = command
    const { scale, link } = this.#reader.setup
    const counts = pricePaisePerKg === undefined ? null : scale.priceCounts(pricePaisePerKg)
    if (counts === null) return this.#refused(command, 'the display cannot show the price')
    const sent = await link.send([{ kind: 'price-update', priceCounts: [counts] }], this.#options)
    return sent.ok ? this.#ack(command) : sent
  }

  async #change(command: WireCommand, name: DartCommand, expected: Expected): Answer {
    await this.#command(name, this.#options)
    return this.#acked(command, await this.#until(expected, () => false))
  }

  /** Looks until the pump shows what is wanted; a state that is neither refuses. */
  async #until(
    { wanted, pending }: Expected,
    overtaken: () => boolean,
  ): Promise<Result<LiveFrame, Fault>> {
    const giveUpAt = monoAfter(this.#clock.mono(), obeysWithinMs)
    for (;;) {
      const told = await this.#look()
      if (overtaken()) return err(this.#overtakenFault())
      const late = this.#clock.mono() >= giveUpAt
      if (!told.ok && (late || told.error.code !== 'bus_timeout')) return told
      const state = told.ok ? told.value.status.state : null
      if (told.ok && state !== null) {
        if (wanted.includes(state)) return told
        if (late || !pending.includes(state)) return this.#notObeyed(state)
      }
      // A look that fails at once must not spin.
      await pause(this.#clock, { name: 'look again', delay: lookAgainMs })
    }
  }

  #notObeyed(state: DispenserState): Result<never, Fault> {
    return err(fault('dispenser_refused', this.#id, `it is ${state} after the command`))
  }

  #look(): Promise<Result<LiveFrame, Fault>> {
    return this.#reader.look(inControl)
  }

  #lookInTurn(): Promise<Result<LiveFrame, Fault>> {
    return this.#reader.inTurn(() => this.#look())
  }

  /** What is left of the command's time. */
  get #options(): AskOptions {
    const left = Math.max(0, this.#giveUpAt - this.#clock.mono())
    return { ...inControl, withinMs: millis(Math.min(inControl.withinMs, left)) }
  }

  #command(command: DartCommand, options: AskOptions): Promise<Result<number, Fault>> {
    return this.#reader.setup.link.send([{ kind: 'command', command }], options)
  }

  #expired({ expiresAtMono }: WireCommand): boolean {
    return expiresAtMono !== undefined && expiresAtMono <= this.#clock.mono()
  }

  #acked(command: WireCommand, told: Result<LiveFrame, Fault>): Result<Ack, Fault> {
    return told.ok ? ok({ cmdId: command.cmdId, ackedMono: told.value.at }) : told
  }

  #ack(command: WireCommand): Result<Ack, Fault> {
    return ok({ cmdId: command.cmdId, ackedMono: this.#clock.mono() })
  }

  #refused(command: WireCommand, why: string): Result<never, Fault> {
    return err(fault('dispenser_refused', this.#id, `${command.kind}: ${why}`))
  }

  #overtakenFault(): Fault {
    return fault('bus_preempted', this.#id, 'a stop went first')
  }

  get #id(): string {
    return this.#reader.setup.deviceId
  }
}

function isStopped({ status: { state } }: LiveFrame): boolean {
  return state !== 'fault' && !open.includes(state)
}
