import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { millis } from '@baari/shared/units/time'
import type {
  DriverContext,
  Health,
  RaisedFault,
  SelfTestReport,
  Unsubscribe,
} from '../../ports/device.ts'
import type { Display, LanePage, ShownAck } from '../../ports/display.ts'
import type { Reading } from '../../ports/reading.ts'
import { pageText } from '../../protocols/baari-lane/messages.ts'
import { fault } from '../../transports/line-faults.ts'
import { HeldReading } from '../held-reading.ts'
import { LaneAsker, type LaneBus } from '../lane-exchange.ts'
import { Listeners } from '../listeners.ts'
import { PolledHealth } from '../polled-health.ts'
import { RaisedFaults } from '../raised-faults.ts'
import { displayManifest, type DisplayConfig } from './manifest.ts'

export { displayManifest }

/** After so long without a word of ours the sign blanks itself. */
const selfBlankMs = millis(10_000)
const closed: LanePage = { kind: 'closed' }

type Events = { readonly fault: RaisedFault }

/** A lane's sign over docs/protocols/baari-lane.md. */
export function createBaariDisplay(
  config: DisplayConfig,
  parts: DriverContext & { readonly bus: LaneBus },
): Display {
  return new BaariDisplay(config, parts)
}

class BaariDisplay implements Display {
  readonly id: string
  readonly lane: number
  readonly #config: DisplayConfig
  readonly #parts: DriverContext & { readonly bus: LaneBus }
  readonly #asker: LaneAsker
  readonly #held: HeldReading<LanePage>
  readonly #health: PolledHealth
  readonly #faults: RaisedFaults
  readonly #listeners = new Listeners<Events>()
  #wanted: LanePage = { kind: 'blank' }
  #running = false
  #cancel = (): void => undefined
  #offState: Unsubscribe = () => undefined

  constructor(config: DisplayConfig, parts: DriverContext & { readonly bus: LaneBus }) {
    this.id = config.id
    this.lane = config.lane
    this.#config = config
    this.#parts = parts
    const { clock } = parts
    this.#asker = new LaneAsker(config.id, parts)
    this.#held = new HeldReading(config.id, { clock, staleMs: selfBlankMs })
    this.#health = new PolledHealth(clock)
    this.#faults = new RaisedFaults(clock, (raised) => this.#listeners.tell('fault', raised))
  }

  start(): Promise<Result<void, Fault>> {
    if (!this.#running) {
      this.#running = true
      this.#health.started()
      // A sign that is plugged in again shows the present page at once.
      this.#offState = this.#parts.bus.onState((state) => {
        if (state === 'open') void this.#send(this.#wanted)
      })
      this.#refresh()
    }
    return Promise.resolve(ok(undefined))
  }

  async dispose(reason: string): Promise<void> {
    this.#cancel()
    this.#offState()
    if (!this.#running) return
    this.#running = false
    // The sign must not go on calling people in when nobody stands behind it.
    await this.#send(closed)
    this.#health.stopped(reason)
  }

  health(): Health {
    return this.#health.now()
  }

  faults(): readonly RaisedFault[] {
    return this.#faults.all()
  }

  async selfTest(): Promise<SelfTestReport> {
    const answer = await this.#send(this.#wanted)
    const detail = answer.ok ? pageText(answer.value.page) : answer.error.hint
    return { passed: answer.ok, steps: [{ name: 'page', passed: answer.ok, detail }] }
  }

  show(page: LanePage): Promise<Result<ShownAck, Fault>> {
    this.#wanted = page
    return this.#send(page)
  }

  shown(): Reading<LanePage> {
    return this.#held.now()
  }

  onFault(call: (raised: RaisedFault) => void): Unsubscribe {
    return this.#listeners.on('fault', call)
  }

  #refresh(): void {
    this.#cancel = this.#parts.clock.after('display-refresh', this.#config.refreshMs, () => {
      void this.#send(this.#wanted).then(() => {
        if (this.#running) this.#refresh()
      })
    })
  }

  async #send(page: LanePage): Promise<Result<ShownAck, Fault>> {
    const answer = await this.#asker.ask({ kind: 'show', page }, 1)
    if (!answer.ok) return err(this.#lost(answer.error))
    const { reply, at } = answer.value
    if (reply.kind !== 'shown' || pageText(reply.page) !== pageText(page)) {
      const why = reply.kind === 'refused' ? reply.reason : 'it shows something else'
      this.#held.hold({ value: null, quality: 'bad', raw: why }, at)
      return err(this.#lost(fault('display_unsure', this.id, why)))
    }
    this.#health.answered()
    this.#faults.clear(...this.#faults.all().map((raised) => raised.fault.code))
    this.#held.hold({ value: page, quality: 'good', raw: pageText(page) }, at)
    return ok({ page, ackedMono: at })
  }

  #lost(why: Fault): Fault {
    this.#health.missed(why.hint)
    if (this.#health.now().state === 'offline') this.#faults.raise(why)
    return why
  }
}
