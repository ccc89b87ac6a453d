import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { millis, type Mono } from '@baari/shared/units/time'
import type { BytePipe } from '../../ports/byte-pipe.ts'
import type { DriverContext, SelfTestReport } from '../../ports/device.ts'
import { nozzleNo, type Dispenser, type NozzleNo, type Totals } from '../../ports/dispenser.ts'
import type { PumpPart } from '../../protocols/wayne-dart/parts.ts'
import { createDartTap, type DartHeard } from '../../protocols/wayne-dart/tap.ts'
import { fault } from '../../transports/line-faults.ts'
import type { DispenserWire } from '../dispenser-wire.ts'
import type { LiveFrame } from '../live-frame.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import { SalesByTotal } from '../sales-by-total.ts'
import { dartScale, type DartScale } from './dart-scale.ts'
import type { WayneDartConfig } from './manifest.ts'
import { frameOf, nothingTold, viewAfter } from './pump-view.ts'

/** How long the other host may leave a pump unpolled before it counts as not heard. */
const patienceMs = millis(1_000)

/** A pump that another host polls, as a dispenser that is only watched: nothing is ever sent. */
export function createListeningDart(
  config: WayneDartConfig,
  parts: DriverContext & { readonly pipe: BytePipe },
): Dispenser {
  const { id, maxFlowGramsPerSecond, widthGrams, pollMs, activePollMs } = config
  const limits = { maxFlowGramsPerSecond, widthGrams }
  const setup = { id, mode: 'listen', limits, pollMs, activePollMs } as const
  return new PolledDispenser(listeningWire(config, parts), setup, parts)
}

function listeningWire(
  config: WayneDartConfig,
  { pipe, clock }: DriverContext & { readonly pipe: BytePipe },
): DispenserWire {
  const { id: deviceId, widthGrams } = config
  const nozzle = nozzleNo(config.nozzle)
  const scale = dartScale(config)
  const ear = new PumpEar({ address: config.address, nozzle, scale }, clock)
  const tap = createDartTap()
  pipe.onBytes((bytes, at) => {
    for (const heard of tap.feed(bytes)) ear.hear(heard, at)
  })
  const countGrams = Math.max(scale.countGrams, scale.totalUnitGrams)
  const sales = new SalesByTotal({ deviceId, nozzle, widthGrams, countGrams })
  const unheard = (what: string): Result<never, Fault> =>
    err(fault('bus_timeout', deviceId, `${what} was heard on the line`))
  return {
    nozzle,
    async look() {
      const frame = await ear.next()
      return frame === null ? unheard('no answer of this pump') : ok(frame)
    },
    newSale: (frame) => Promise.resolve(sales.newSale(frame, ear.pricePaisePerKg)),
    totals: () => {
      const total = ear.total(widthGrams)
      return Promise.resolve(total === null ? unheard('no totals since the last sale') : ok(total))
    },
    lastSale: () => {
      const { latest } = ear
      if (latest === null) return Promise.resolve(unheard('no state of this pump'))
      return Promise.resolve(ok(sales.lastSale(latest, ear.pricePaisePerKg)))
    },
    send: null,
    selfTest: () => selfTest(ear),
    unfit: () => null,
    onLineOpen: (call) => pipe.onState((state) => state === 'open' && call()),
    backOffUntil: () => null,
  }
}

async function selfTest(ear: PumpEar): Promise<SelfTestReport> {
  const frame = await ear.next()
  const passed = frame !== null && frame.problem === null
  const detail = frame === null ? 'another host must poll it' : `state ${frame.status.state}`
  return { passed, steps: [{ name: 'heard', passed, detail }] }
}

type EarSetup = { readonly address: number; readonly nozzle: NozzleNo; readonly scale: DartScale }

/** Keeps what one pump tells another host; state and totaliser are told once and kept. */
class PumpEar {
  readonly #setup: EarSetup
  readonly #clock: Clock
  readonly #waiting = new Set<(frame: LiveFrame) => void>()
  #view = nothingTold
  #status: PumpPart | null = null
  #totals: PumpPart | null = null
  latest: LiveFrame | null = null

  constructor(setup: EarSetup, clock: Clock) {
    this.#setup = setup
    this.#clock = clock
  }

  get pricePaisePerKg() {
    return this.#view.pricePaisePerKg
  }

  hear(heard: DartHeard, at: Mono): void {
    if (heard.from !== 'pump' || heard.frame.address !== this.#setup.address) return
    const { frame, raw } = heard
    if (frame.kind === 'data') this.#told(frame.parts, { raw, at })
    // Nothing new: what was told before still holds.
    else if (frame.kind === 'eot' && this.latest !== null) this.latest = { ...this.latest, at }
    else return
    const { latest } = this
    if (latest !== null) for (const call of [...this.#waiting]) call(latest)
  }

  /** The next frame that is heard; null when there is none in time. */
  next(): Promise<LiveFrame | null> {
    return new Promise((resolve) => {
      const end = (frame: LiveFrame | null): void => {
        cancel()
        this.#waiting.delete(end)
        resolve(frame)
      }
      const cancel = this.#clock.after('dart-listening', patienceMs, () => end(null))
      this.#waiting.add(end)
    })
  }

  total(widthGrams: number): Totals | null {
    const total = this.latest?.status.totaliserGrams ?? null
    if (total === null || this.latest === null) return null
    return { grams: total, widthGrams: grams(widthGrams), raw: this.latest.rawHex }
  }

  #told(
    parts: readonly PumpPart[],
    { raw, at }: { readonly raw: Uint8Array; readonly at: Mono },
  ): void {
    const { nozzle, scale } = this.#setup
    this.#view = viewAfter(this.#view, parts, scale)
    this.#status = parts.findLast(({ kind }) => kind === 'status') ?? this.#status
    // Gas may have flowed since the totals were told, so they hold only until the next block.
    this.#totals = parts.findLast(({ kind }) => kind === 'totals') ?? null
    const known = [this.#status, this.#totals].filter((part) => part !== null)
    const told = { parts: known, raw: [raw], attempts: 1, at }
    this.latest = frameOf(told, this.#view, { nozzle, scale }) ?? this.latest
  }
}
