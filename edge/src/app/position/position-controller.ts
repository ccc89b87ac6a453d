import { faultCodes } from '@baari/shared/faults/fault-codes'
import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Grams } from '@baari/shared/units/mass'
import type { NozzleType, TicketId } from '@baari/shared/units/names'
import { monoElapsed } from '@baari/shared/units/time'
import { readyLife } from '../../domain/safety/interlock-facts.ts'
import type { PositionFacts } from '../../domain/position/position-facts.ts'
import { positionFactsOf } from '../../domain/position/position-facts-of.ts'
import {
  nextTroubles,
  shownTrouble,
  type Troubles,
} from '../../domain/position/position-trouble.ts'
import type { NozzleSetup } from '../../ports/fills.ts'
import type { NozzleDevice } from '../../ports/nozzle-device.ts'
import type { OpenFault } from '../fill/read-positions.ts'
import type { CallMade } from '../queue/call-made.ts'
import { NozzleControl } from './nozzle-control.ts'
import type { PositionParts } from './position-parts.ts'
import { recoverPosition } from './recover-position.ts'
import { reserveAt, type ReadyAct } from './reserve-at.ts'

/**
 * One position: joins the call of the queue and the attendant's *ready*, and keeps the nozzles'
 * loops. Gas needs both acts and every condition of hardware.md 10.1; the second deliberate act is
 * the driver's, at the dispenser.
 */
export class PositionController {
  readonly #parts: PositionParts
  readonly #controls: readonly NozzleControl[]
  readonly #types: readonly NozzleType[]
  #called: TicketId | null = null
  #ready: ReadyAct | null = null
  #closed: string | null = null
  /** What no nozzle of it is to blame for. */
  #troubles: Troubles = []
  #recovery: AbortController | null = null
  #reserving = false
  #refused: PositionFacts['refused'] = null

  constructor(parts: PositionParts) {
    this.#parts = parts
    this.#controls = parts.nozzles.map(({ setup, device }) => this.#control(setup, device))
    this.#types = [...new Set(parts.nozzles.map(({ setup }) => setup.type))]
  }

  /**
   * Recovery of every nozzle, then the loops. Resolves when all of them may be used, which for an
   * unreadable device may be never; the position shows as held meanwhile. Also after the ledger
   * thread was restarted.
   */
  async recover(called: TicketId | null): Promise<void> {
    this.hold()
    const recovery = new AbortController()
    this.#recovery = recovery
    this.#called = called
    const outcomes = this.#parts.nozzles.map((_, index) => this.#recoverOne(index, recovery.signal))
    await Promise.all(outcomes)
    if (recovery.signal.aborted) return
    this.#troubles = nextTroubles(this.#troubles, { kind: 'ended', by: 'ledger' })
    this.#changed()
  }

  /** Stops deciding; nothing is sent. The *ready* of before counts no more (hardware.md 10.4). */
  hold(): void {
    this.#recovery?.abort()
    this.#ready = null
    for (const control of this.#controls) control.hold()
  }

  /** Faults of before the start, which a restart does not end: whose nozzle it was is not known. */
  recall(faults: readonly OpenFault[]): void {
    for (const { troubles } of this.#controls) for (const fault of faults) troubles.recall(fault)
  }

  /** The queue sends a vehicle here; a staged one waits until it is called again unstaged. */
  call({ ticket, staged }: Pick<CallMade, 'ticket' | 'staged'>): void {
    if (staged) return
    if (this.#called !== ticket) this.#refused = null
    this.#called = ticket
    this.#changed()
  }

  /** The call was undone, skipped or left. A fill that is open goes on. */
  withdraw(ticket: TicketId): void {
    if (this.#called !== ticket) return
    this.#called = null
    this.#ready = null
    this.#refused = null
    this.#changed()
  }

  /** The attendant's deliberate act: the vehicle stands here. It may come before the call. */
  ready(limitGrams: Grams | null): Result<void, Refusal> {
    if (this.#closed !== null) return err(refusal('position_unavailable', { condition: 'closed' }))
    if (this.facts().state === 'offline' || this.#fault() !== null) {
      return err(refusal('position_unavailable', { condition: 'dispenser' }))
    }
    this.#ready = { at: this.#parts.clock.mono(), limitGrams, linked: this.#linked() }
    this.#refused = null
    this.#changed()
    return ok(undefined)
  }

  /** On the wire before this returns, whatever the ledger is doing. */
  stop(): void {
    this.#ready = null
    for (const control of this.#controls) control.stop('stop')
  }

  /** Part of an all-stop: every *ready* is withdrawn, so that recovery starts nothing (X01). */
  trip(): void {
    this.#ready = null
    for (const control of this.#controls) control.stop('trip')
    this.#changed()
  }

  /**
   * Takes no new vehicle; a fill that is open goes on to its end. Somebody has seen to the place, so
   * a fault that an attendant must end is over: it serves again when it is opened.
   */
  close(reason: string): void {
    this.#closed = reason
    this.#ready = null
    for (const { troubles } of this.#controls) troubles.end('attendant')
    this.#changed()
  }

  open(): void {
    this.#closed = null
    this.#changed()
  }

  /** The ledger holds a manager's word on the meter that went back (D02). */
  meterCleared(): void {
    for (const control of this.#controls) control.thaw()
    this.#changed()
  }

  /** The interlocks changed: look again. */
  poke(): void {
    this.#changed()
  }

  facts(): PositionFacts {
    const { no, lane, usualGrams } = this.#parts
    const views = this.#controls.map((control) => control.view())
    return positionFactsOf({ no, lane, nozzles: this.#types }, views, {
      closed: this.#closed !== null,
      called: this.#called,
      ready: this.#readyHolds(),
      fault: this.#fault(),
      refused: this.#refused,
      usualGrams,
    })
  }

  dispose(): void {
    this.hold()
    for (const control of this.#controls) control.dispose()
  }

  #control(setup: NozzleSetup, device: NozzleDevice): NozzleControl {
    const { ledger, clock, ids, times, mayControl, safety, onCalls, onAlarm, no } = this.#parts
    return new NozzleControl({
      setup,
      device,
      ledger,
      clock,
      ids,
      times,
      mayControl,
      tripped: () => safety().tripLatched,
      onChange: () => this.#changed(),
      onCalls,
      onReturned: (ticket) => this.call({ ticket, staged: false }),
      onAlarm: (code) => {
        // The end of a fault alone starts nothing (hardware.md 10.4).
        this.#ready = null
        onAlarm(no, code)
      },
      onLedgerLost: (cause) => {
        const lost = { code: 'ledger_failed', since: clock.now() } as const
        this.#troubles = nextTroubles(this.#troubles, { kind: 'raised', ...lost })
        this.#parts.onLedgerLost(cause)
      },
    })
  }

  async #recoverOne(index: number, signal: AbortSignal): Promise<void> {
    const nozzle = this.#parts.nozzles[index]
    const control = this.#controls[index]
    if (nozzle === undefined || control === undefined) return
    const { clock, ids, times, mayControl, ledger, onRecovered, no, onCalls } = this.#parts
    const { authoriseWithinMs, retryMs } = times
    const onRow = (row: number, next: string): void => onRecovered(no, row, next)
    const common = { ...nozzle, clock, ids, authoriseWithinMs, retryMs, mayControl, signal, onRow }
    const recovered = await recoverPosition({ ...common, ledger: ledger() })
    if (recovered === null) return
    const { nozzles } = await ledger().run('positions.read', {})
    const { position, nozzle: number } = nozzle.setup
    const now = nozzles.find(({ key }) => key.position === position && key.nozzle === number)
    if (recovered.calls.length > 0) onCalls(recovered.calls)
    control.begin(now?.state ?? recovered.state, now?.frozen ?? false)
  }

  #readyHolds(): boolean {
    return (
      this.#ready !== null && monoElapsed(this.#ready.at, this.#parts.clock.mono()) <= readyLife
    )
  }

  /** Which heads can be read: a line that went or came back spends a *ready* (hardware.md 10.4). */
  #linked(): string {
    return this.#parts.nozzles.map(({ device }) => device.look().quality !== 'stale').join()
  }

  #changed(): void {
    if (this.#ready !== null && this.#ready.linked !== this.#linked()) this.#ready = null
    this.#parts.onChange()
    void this.#tryReserve()
  }

  /**
   * Both acts are here. A refusal spends the *ready*, so that nothing is tried in a loop; a head
   * that is not at rest yet does not: its next frame tries again as long as the *ready* holds.
   */
  async #tryReserve(): Promise<void> {
    const ready = this.#ready
    const ticket = this.#called
    if (this.#reserving || ready === null || ticket === null || !this.#readyHolds()) return
    if (this.#closed !== null || this.facts().state !== 'ready') return
    this.#reserving = true
    const age = monoElapsed(ready.at, this.#parts.clock.mono())
    const no = await reserveAt(this.#parts, this.#controls, { ticket, ready, readyAgeMs: age })
    this.#reserving = false
    if (no === 'not-yet') return
    this.#ready = null
    if (no === null) this.#called = null
    else if (no !== 'ledger-lost') this.#refuse(no)
    this.#parts.onChange()
  }

  /** Shown at the position until the next *ready* or call: who stands there can do something. */
  #refuse(no: Refusal): void {
    const { condition = null } = no.facts
    const atMs = this.#parts.clock.now()
    this.#refused = { code: no.code, condition: condition === null ? null : `${condition}`, atMs }
    this.#parts.onRefused(this.#parts.no, no)
  }

  #fault(): PositionFacts['fault'] {
    const all = this.#controls.map(({ troubles }) => troubles.all())
    const fault = shownTrouble([this.#troubles, ...all].flat())
    if (fault === null) return null
    return { code: fault.code, text: faultCodes[fault.code].operator, sinceMs: fault.since }
  }
}
