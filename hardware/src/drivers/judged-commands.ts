import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { CommandId } from '@baari/shared/units/names'
import { pause, type Clock } from '@baari/shared/runtime/clock'
import { millis, mono, monoAfter, type Mono } from '@baari/shared/units/time'
import type { Ack, DispenserState } from '../ports/dispenser.ts'
import { fault } from '../transports/line-faults.ts'
import type { AskOptions } from './ask-options.ts'
import type { WireCommand } from './dispenser-wire.ts'
import type { LiveFrame } from './live-frame.ts'

const inControl: AskOptions = { priority: 'control', retries: 2, withinMs: millis(500) }
/** Of one command, from its turn on. */
const commandWithinMs = millis(2_000)
/** The state must show what was commanded within this (hardware.md 5.1). */
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

/** One thing that is told to the head; done when the protocol has delivered it. */
export type Step = (options: AskOptions) => Promise<Result<unknown, Fault>>
/** `release` lets a completed sale go. */
export type HeadAct = 'authorise' | 'stop' | 'suspend' | 'resume' | 'release'

/** A head whose protocol answers commands with nothing that proves them. */
export type CommandTongue = {
  readonly deviceId: string
  /** The state now; only in turn. */
  look(options: AskOptions): Promise<Result<LiveFrame, Fault>>
  /** Looks and commands take turns, so that none hears another's answers. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** What must stand at the head before it is authorised from this state; or why it cannot be. */
  terms(command: WireCommand, state: DispenserState): readonly Step[] | string
  /** Fault `dispenser_refused` when the protocol knows no such act. */
  say(act: HeadAct, options: AskOptions): Promise<Result<unknown, Fault>>
  /** The head lets a completed sale go by itself once the nozzle hangs: after `release` it may. */
  readonly releasesItself: boolean
  /** Null when the display cannot show this price. */
  price(pricePaisePerKg: PaisePerKg): Step | null
}

/** Commands judged by the state the head tells afterwards, never by an acknowledgement alone. */
export class JudgedCommands {
  readonly #tongue: CommandTongue
  readonly #clock: Clock
  /** Grows with every stop; what began before must not be sent after. */
  #stops = 0
  /** The authorise that was sent last: repeated, it is looked up and not sent again (D08). */
  #authorised: SentAuthorise | null = null
  /** When the command whose turn it is gives up. */
  #giveUpAt: Mono = mono(0)

  constructor(tongue: CommandTongue, clock: Clock) {
    this.#tongue = tongue
    this.#clock = clock
  }

  send(command: WireCommand): Answer {
    if (command.kind === 'stop') return this.#stop(command, () => this.#lookInTurn())
    const stops = this.#stops
    return this.#tongue.inTurn(() => {
      this.#giveUpAt = monoAfter(this.#clock.mono(), commandWithinMs)
      return this.#carryOut(command, () => this.#stops !== stops)
    })
  }

  /** A head without an expiry of its own: an authorisation nobody used is taken back (only in turn). */
  async takeBackExpired({ status }: LiveFrame): Promise<void> {
    const expiresAtMono = this.#authorised?.expiresAtMono ?? null
    if (status.state !== 'authorised' || expiresAtMono === null) return
    if (expiresAtMono > this.#clock.mono()) return
    await this.#tongue.say('stop', { ...inControl, priority: 'stop' })
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

  /** The terms, the authorise, and then the state must be authorised or filling. */
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
    const steps = this.#tongue.terms(command, state)
    if (typeof steps === 'string') return this.#refused(command, steps)
    const armed = await this.#arm(command, { steps, overtaken })
    if (!armed.ok) return armed
    this.#authorised = { cmdId, expiresAtMono, totalBefore }
    const sent = await this.#tongue.say('authorise', this.#options)
    return this.#confirmed(command, { sent, overtaken })
  }

  /** Everything that must stand before the authorise; it is not sent after a stop or too late. */
  async #arm(
    command: WireCommand,
    { steps, overtaken }: { readonly steps: readonly Step[]; readonly overtaken: () => boolean },
  ): Promise<Result<void, Fault>> {
    for (const step of steps) {
      const sent = await step(this.#options)
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
    }: { readonly sent: Result<unknown, Fault>; readonly overtaken: () => boolean },
  ): Answer {
    const told = await this.#until({ wanted: open, pending: ready }, overtaken)
    if (told.ok || told.error.code !== 'dispenser_refused') return this.#acked(command, told)
    if (!sent.ok) return sent
    // It was acknowledged and not obeyed; so that it cannot be obeyed later, it is taken back.
    const stopped = await this.#stop(command, () => this.#look())
    return stopped.ok ? this.#refused(command, 'the head did not authorise') : stopped
  }

  /** Repeated after a fault of the line: the sale is open, or gas has flowed for it meanwhile (D08). */
  #wasObeyed({ cmdId }: WireCommand, { status }: LiveFrame): boolean {
    const before = this.#authorised
    if (before === null || before.cmdId !== cmdId) return false
    const moved = before.totalBefore !== null && status.totaliserGrams !== before.totalBefore
    return open.includes(status.state) || moved
  }

  /** Sent at once and before everything; judged by the state, whatever became of its acknowledgement. */
  async #stop(command: WireCommand, look: () => Promise<Result<LiveFrame, Fault>>): Answer {
    this.#stops += 1
    const giveUpAt = monoAfter(this.#clock.mono(), stopWithinMs)
    let last: Fault = fault('bus_timeout', this.#id, 'the stop was not sent')
    for (let stop = 0; stop < mostStops && this.#clock.mono() < giveUpAt; stop += 1) {
      await this.#tongue.say('stop', { ...inControl, priority: 'stop', retries: 0 })
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
    if (this.#tongue.releasesItself) {
      const released = await this.#tongue.say('release', this.#options)
      return released.ok ? this.#ack(command) : released
    }
    return this.#change(command, 'release', { wanted: ready, pending: ['completed'] })
  }

  /** An open sale keeps its price (D11), so the acknowledgement is all the pump can show. */
  async #price(command: WireCommand): Answer {
    const { pricePaisePerKg } = command
    const step = pricePaisePerKg === undefined ? null : this.#tongue.price(pricePaisePerKg)
    if (step === null) return this.#refused(command, 'the display cannot show the price')
    const sent = await step(this.#options)
    return sent.ok ? this.#ack(command) : sent
  }

  async #change(command: WireCommand, act: HeadAct, expected: Expected): Answer {
    const said = await this.#tongue.say(act, this.#options)
    if (!said.ok && said.error.code === 'dispenser_refused') return said
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
    return this.#tongue.look(inControl)
  }

  #lookInTurn(): Promise<Result<LiveFrame, Fault>> {
    return this.#tongue.inTurn(() => this.#look())
  }

  /** What is left of the command's time. */
  get #options(): AskOptions {
    const left = Math.max(0, this.#giveUpAt - this.#clock.mono())
    return { ...inControl, withinMs: millis(Math.min(inControl.withinMs, left)) }
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
    return this.#tongue.deviceId
  }
}

function isStopped({ status: { state } }: LiveFrame): boolean {
  return state !== 'fault' && !open.includes(state)
}
