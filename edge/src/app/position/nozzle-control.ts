import type { FaultCode } from '@baari/shared/faults/fault-codes'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { commandId, type TicketId } from '@baari/shared/units/names'
import { noGrams } from '@baari/shared/units/mass'
import { monoAfter, type Millis } from '@baari/shared/units/time'
import { isAtRest, isReadable } from '../../domain/position/device-look.ts'
import { eventsOfLook, freshMemory, type LookMemory } from '../../domain/position/look-events.ts'
import type { NozzleView } from '../../domain/position/position-facts-of.ts'
import type { FillState } from '../../domain/fill/fill-states.ts'
import type { NozzleSetup } from '../../ports/fills.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'
import type { Commands } from '../commands.ts'
import type { NozzleEvent } from '../fill/record-event.ts'
import type { DeviceEffect, Stored } from '../fill/store-decision.ts'
import type { CallMade } from '../queue/call-made.ts'
import { eventQueue, type EventQueue, type QueuedEvent } from './event-queue.ts'
import { flowRate } from './flow-rate.ts'
import { nozzleTroubles, type NozzleTroubles } from './nozzle-troubles.ts'
import { readClosingTotals } from './read-closing-totals.ts'

export type NozzleTimes = {
  /** How long the device may hold an authorisation. */
  readonly authoriseWithinMs: Millis
  /** From a stop until the totals are trusted. */
  readonly quietMs: Millis
  /** How often a device that cannot be read is asked again. */
  readonly retryMs: Millis
}

export type NozzleParts = {
  readonly setup: NozzleSetup
  readonly device: NozzleDevice
  readonly ledger: () => Pick<Ledger<Commands>, 'run'>
  readonly clock: Clock
  readonly ids: IdSource
  readonly times: NozzleTimes
  readonly mayControl: boolean
  /** Whether an all-stop is latched now: asked right before the authorise is sent. */
  readonly tripped: () => boolean
  readonly onChange: () => void
  readonly onCalls: (calls: readonly CallMade[]) => void
  readonly onAlarm: (code: FaultCode) => void
  /** The device refused; the vehicle is still called here. */
  readonly onReturned: (ticket: TicketId) => void
  /** The ledger failed: the device was stopped, and nothing more is decided until `begin`. */
  readonly onLedgerLost: (cause: unknown) => void
}

/**
 * One nozzle's loop on the control thread: looks become events, events are decided in the ledger,
 * effects go out to the device. It never waits for a disk or a line: a stop is on its way before
 * the call that asked for it returns, and the record of it follows.
 */
export class NozzleControl {
  /** What is wrong with it, and what it was read like since. */
  readonly troubles: NozzleTroubles
  readonly #parts: NozzleParts
  readonly #queue: EventQueue
  readonly #rate = flowRate()
  readonly #timers = new Map<string, () => void>()
  readonly #unsubscribe: () => void
  #state: FillState = { kind: 'idle', accountedGrams: noGrams }
  #memory: LookMemory
  #held = true
  #frozen = false
  #reading = false

  constructor(parts: NozzleParts) {
    this.#parts = parts
    this.troubles = nozzleTroubles(parts.clock)
    this.#memory = freshMemory(parts.clock.mono())
    this.#queue = eventQueue((queued) => this.#decide(queued))
    this.#unsubscribe = parts.device.onLook(() => this.#looked())
    this.#beat()
  }

  /** After recovery: goes on from the state that the ledger holds. */
  begin(state: FillState, frozen: boolean): void {
    this.#state = state
    this.#frozen = frozen
    this.#memory = freshMemory(this.#parts.clock.mono())
    this.#held = false
    this.#reading = false
    if (state.kind === 'completing') void this.#readTotals()
    if (state.kind === 'completed') this.event({ kind: 'settle' })
    this.#looked()
  }

  /** Carries out what a command of the ledger answered. */
  accept(stored: Stored): void {
    this.#state = stored.nozzle
    if (stored.calls.length > 0) this.#parts.onCalls(stored.calls)
    for (const effect of stored.effects) this.#carryOut(effect)
    const { state } = stored
    if (state.kind === 'refused') this.#parts.onReturned(state.terms.ticket)
    this.#looked()
  }

  /** A manager cleared the meter that went back. */
  thaw(): void {
    this.#frozen = false
    this.troubles.end('manager')
  }

  event(event: NozzleEvent, raw: string | null = null): void {
    if (!this.#held) this.#queue.push({ event, raw })
  }

  stop(kind: 'stop' | 'trip' | 'cancel'): void {
    this.#stopDevice()
    this.event({ kind })
  }

  /** Stops deciding, not the device: before recovery, after the ledger failed, at the end. */
  hold(): void {
    this.#held = true
    this.#queue.clear()
    for (const name of this.#timers.keys()) if (name !== 'beat') this.#cancel(name)
  }

  view(): NozzleView {
    const { device, setup, clock } = this.#parts
    return {
      state: this.#state,
      look: device.look(),
      held: this.#held,
      frozen: this.#frozen,
      meter: setup.meter,
      gramsPerS: this.#rate.gramsPerS(clock.mono()),
    }
  }

  dispose(): void {
    this.hold()
    this.#cancel('beat')
    this.#unsubscribe()
  }

  async #decide({ event, raw }: QueuedEvent): Promise<void> {
    const { position, nozzle } = this.#parts.setup
    try {
      const input = { key: { position, nozzle }, event, raw }
      const stored = await this.#parts.ledger().run('fill.event', input)
      if (this.#held) return
      if (event.kind === 'totals-read') this.troubles.read({ atRest: event.atRest, stored })
      this.accept(stored)
    } catch (cause) {
      this.#ledgerLost(cause)
    }
  }

  /** Without the ledger nothing can be accounted, so nothing may flow. */
  #ledgerLost(cause: unknown): void {
    if (this.#held) return
    this.hold()
    this.#stopDevice()
    this.#parts.onLedgerLost(cause)
  }

  #carryOut(effect: DeviceEffect): void {
    const { times, device, ids } = this.#parts
    if (effect.kind === 'authorise') void this.#authorise(effect)
    if (effect.kind === 'stop') this.#stopDevice()
    if (effect.kind === 'close') void device.close(commandId(ids.uuid()))
    if (effect.kind === 'read-totals') void this.#readTotals()
    if (effect.kind === 'await-quiet') this.#later('quiet', times.quietMs, 'void-window')
    if (effect.kind === 'settle-next') this.event({ kind: 'settle' })
    if (effect.kind === 'alarm') this.#alarm(effect.code)
  }

  #alarm(code: FaultCode): void {
    if (code === 'meter_reset') this.#frozen = true
    this.troubles.raise(code)
    this.#parts.onAlarm(code)
  }

  #stopDevice(): void {
    const { mayControl, device, ids } = this.#parts
    if (mayControl) void device.stop(commandId(ids.uuid()))
  }

  /** The last look at the interlocks is here, after the disk and before the line. */
  async #authorise({ terms, intent }: AuthoriseEffect): Promise<void> {
    const { clock, times, device, tripped } = this.#parts
    const expiresAtMono = monoAfter(clock.mono(), times.authoriseWithinMs)
    this.#later('authorise', times.authoriseWithinMs, 'authorise-expired')
    if (tripped()) return this.stop('trip')
    const { fill, limitGrams, pricePaisePerKg } = terms
    const { command } = intent
    const order = { command, fill, limitGrams, pricePaisePerKg, expiresAtMono }
    this.event({ kind: await device.authorise(order) })
  }

  /** At most one reading at a time; a device that cannot be read is asked again, for ever. */
  async #readTotals(): Promise<void> {
    if (this.#reading || this.#held) return
    this.#reading = true
    const { device, clock, times } = this.#parts
    const { retryMs } = times
    const read = await readClosingTotals(device, { state: this.#state, clock, retryMs })
    this.#reading = false
    if (this.#held) return
    if (read === null) {
      this.troubles.read(null)
      return this.#call('totals', retryMs, () => void this.#readTotals())
    }
    const look = device.look()
    const { totaliserGrams, sale, raw } = read
    const atRest = isReadable(look) && isAtRest(look)
    this.event({ kind: 'totals-read', totaliserGrams, atRest, sale }, raw)
  }

  #looked(): void {
    const { device, clock, setup, onChange } = this.#parts
    const look = device.look()
    const at = clock.mono()
    if (isReadable(look)) this.#rate.note(look.saleGrams, at)
    this.troubles.looked(look)
    if (!this.#held) {
      const facts = { look, state: this.#state, at, meter: setup.meter }
      const told = eventsOfLook(facts, this.#memory)
      this.#memory = told.memory
      for (const event of told.events) this.event(event)
    }
    onChange()
  }

  /** A silent device sends no frame to look at, so the looks have a beat of their own. */
  #beat(): void {
    const { times, device } = this.#parts
    this.#call('beat', times.retryMs, () => {
      this.#looked()
      if (this.troubles.wantsTotals(device.look())) void this.#readTotals()
      this.#beat()
    })
  }

  #later(name: string, delay: Millis, kind: 'void-window' | 'authorise-expired'): void {
    this.#call(name, delay, () => this.event({ kind }))
  }

  #call(name: string, delay: Millis, call: () => void): void {
    const { clock, device } = this.#parts
    this.#cancel(name)
    this.#timers.set(name, clock.after(`nozzle ${device.id} ${name}`, delay, call))
  }

  #cancel(name: string): void {
    this.#timers.get(name)?.()
    this.#timers.delete(name)
  }
}

type AuthoriseEffect = Extract<DeviceEffect, { kind: 'authorise' }>
