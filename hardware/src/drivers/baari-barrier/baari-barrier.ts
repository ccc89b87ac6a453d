import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import type { Barrier, BarrierState } from '../../ports/barrier.ts'
import type { Exchanged } from '../../ports/bus.ts'
import type {
  DriverContext,
  Health,
  RaisedFault,
  SelfTestReport,
  Unsubscribe,
} from '../../ports/device.ts'
import type { Reading } from '../../ports/reading.ts'
import type { LaneReply, LaneRequest } from '../../protocols/baari-lane/messages.ts'
import { fault } from '../../transports/line-faults.ts'
import { HeldReading } from '../held-reading.ts'
import { LaneAsker, type LaneBus } from '../lane-exchange.ts'
import { Listeners } from '../listeners.ts'
import { PolledHealth } from '../polled-health.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { barrierManifest, type BarrierConfig } from './manifest.ts'
import { whyNotMove } from './may-move.ts'

export { barrierManifest }

export type BarrierParts = DriverContext & {
  readonly bus: LaneBus
  /** False under an all-stop, or when that cannot be known. */
  readonly interlockFree: () => boolean
}

type Events = { readonly fault: RaisedFault }

/** A lane's barrier over docs/protocols/baari-lane.md. */
export function createBaariBarrier(config: BarrierConfig, parts: BarrierParts): Barrier {
  return new BaariBarrier(config, parts)
}

class BaariBarrier implements Barrier {
  readonly id: string
  readonly lane: number
  readonly #config: BarrierConfig
  readonly #parts: BarrierParts
  readonly #asker: LaneAsker
  readonly #held: HeldReading<BarrierState>
  readonly #health: PolledHealth
  readonly #faults: RaisedFaults
  readonly #listeners = new Listeners<Events>()
  #running = false
  #cancel = (): void => undefined

  constructor(config: BarrierConfig, parts: BarrierParts) {
    this.id = config.id
    this.lane = config.lane
    this.#config = config
    this.#parts = parts
    const { clock } = parts
    this.#asker = new LaneAsker(config.id, parts)
    this.#held = new HeldReading(config.id, { clock, staleMs: config.staleMs })
    this.#health = new PolledHealth(clock)
    this.#faults = new RaisedFaults(clock, (raised) => this.#listeners.tell('fault', raised))
  }

  start(): Promise<Result<void, Fault>> {
    if (!this.#running) {
      this.#running = true
      this.#health.started()
      void this.#look()
    }
    return Promise.resolve(ok(undefined))
  }

  dispose(reason: string): Promise<void> {
    this.#running = false
    this.#cancel()
    this.#health.stopped(reason)
    return Promise.resolve()
  }

  health(): Health {
    return this.#health.now()
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  selfTest(): Promise<SelfTestReport> {
    const { value, quality } = this.#held.now()
    const passed = quality === 'good' && value !== null && value.position !== 'unknown'
    const detail = value === null ? quality : `${value.position}, ${quality}`
    return Promise.resolve({ passed, steps: [{ name: 'boom', passed, detail }] })
  }

  state(): Reading<BarrierState> {
    return this.#held.now()
  }

  open(): Promise<Result<void, Fault>> {
    return this.#move('open')
  }

  close(): Promise<Result<void, Fault>> {
    return this.#move('closed')
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  async #move(to: 'open' | 'closed'): Promise<Result<void, Fault>> {
    const interlockFree = this.#parts.interlockFree()
    const why = whyNotMove(to, { interlockFree, state: this.#held.now() })
    if (why !== null) return err(fault('barrier_refused', this.id, why))
    // Not tried again by itself: between two tries a vehicle may have come.
    const answer = await this.#asker.ask({ kind: 'move', to }, 0)
    if (!answer.ok) return answer
    const refused = this.#heard(answer.value)
    return refused === null ? ok(undefined) : err(fault('barrier_refused', this.id, refused))
  }

  async #look(): Promise<void> {
    const answer = await this.#asker.ask({ kind: 'state' }, 1)
    if (!this.#running) return
    if (answer.ok) this.#heard(answer.value)
    else {
      this.#health.missed(answer.error.hint)
      if (this.#health.now().state === 'offline') this.#faults.raise(answer.error)
    }
    this.#cancel = this.#parts.clock.after(
      'barrier-look',
      this.#config.pollMs,
      () => void this.#look(),
    )
  }

  /** The device's reason for a refusal; null when it told its state. */
  #heard({ reply, at, attempts }: Exchanged<LaneRequest, LaneReply>): string | null {
    this.#health.answered()
    if (reply.kind === 'refused') return reply.reason
    if (reply.kind !== 'barrier') return 'an answer to something else'
    const { position, occupied } = reply
    this.#faults.clear(...this.#faults.all().map((raised) => raised.fault.code))
    const quality = attempts === 1 ? 'good' : 'uncertain'
    this.#held.hold({ value: { position, occupied }, quality, raw: position }, at)
    return null
  }
}
