import type { Fault } from '@baari/shared/faults/no'
import { ok, type Result } from '@baari/shared/faults/result'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import type { DriverContext, SelfTestReport, SelfTestStep } from '../../ports/device.ts'
import { nozzleNo, type DeviceSale, type Dispenser } from '../../ports/dispenser.ts'
import type { DispenserWire, NewSale } from '../dispenser-wire.ts'
import type { LiveFrame } from '../live-frame.ts'
import { PolledDispenser } from '../polled-dispenser.ts'
import { HeadCommands } from './head-commands.ts'
import {
  gramsOf,
  headAddress,
  readHead,
  readTotals,
  type HeadRead,
  type NeogiBus,
  type NeogiStation,
} from './head-line.ts'
import {
  nothingSeen,
  seenAtRest,
  seenRunning,
  stateOfHead,
  type HeadSeen,
  type SeenSale,
} from './head-watch.ts'
import { neogiManifest, type NeogiConfig } from './manifest.ts'

/** What the driver needs besides its configuration. */
export type NeogiHeadParts = DriverContext & {
  readonly bus: NeogiBus
  /** `station.control` of the station file: without it every device is read only. */
  readonly stationControl: boolean
}

export { neogiManifest }

/** A Neogi head on its own line, as a dispenser (docs/protocols/neogi.md). */
export function createNeogiHead(config: NeogiConfig, parts: NeogiHeadParts): Dispenser {
  const { bus, clock, stationControl } = parts
  const { id, pollMs, activePollMs, maxFlowGramsPerSecond, widthGrams } = config
  const mode = stationControl ? config.mode : 'poll'
  const station = { deviceId: id, bus, clock, nozzle: nozzleNo(config.nozzle), config }
  const limits = { maxFlowGramsPerSecond, widthGrams }
  const setup = { id, mode, limits, pollMs, activePollMs }
  return new PolledDispenser(new HeadWire(station, mode === 'control'), setup, parts)
}

type Look = Parameters<DispenserWire['look']>[0]

class HeadWire implements DispenserWire {
  readonly nozzle
  readonly send: NonNullable<DispenserWire['send']>
  readonly #station: NeogiStation
  readonly #commands: HeadCommands
  readonly #mayControl: boolean
  #seen: HeadSeen = nothingSeen
  /** The counter is looked at again: at the start, and after every look that failed. */
  #mustCount = true
  #untold: SeenSale | null = null
  #told = 0

  constructor(station: NeogiStation, mayControl: boolean) {
    this.nozzle = station.nozzle
    this.#station = station
    this.#mayControl = mayControl
    this.#commands = new HeadCommands(station, {
      granted: () => this.#seen.granted,
      grant: (granted) => {
        this.#seen = { ...this.#seen, granted }
      },
      release: () => {
        this.#seen = { ...this.#seen, phase: 'rest', saleGrams: grams(0) }
      },
    })
    this.send = (command) => this.#commands.send(command)
  }

  async look(options: Look): Promise<Result<LiveFrame, Fault>> {
    const frame = await this.#look(options)
    if (!frame.ok) this.#mustCount = true
    return frame
  }

  /** The head numbers no sales; they are numbered here since the start. */
  newSale(): Promise<NewSale | null> {
    const sale = this.#untold
    this.#untold = null
    return Promise.resolve(sale === null ? null : { sale: this.#recordOf(sale), missedSales: 0 })
  }

  totals() {
    return readTotals(this.#station)
  }

  /** The head has a last sale, but no document says what its fields mean. */
  lastSale(): Promise<Result<DeviceSale | null, Fault>> {
    return Promise.resolve(ok(null))
  }

  selfTest(): Promise<SelfTestReport> {
    return selfTest(this.#station)
  }

  unfit(): Fault | null {
    return null
  }

  onLineOpen(call: () => void) {
    return this.#station.bus.onState((state) => state === 'open' && call())
  }

  backOffUntil() {
    return this.#station.bus.health(headAddress).backOffUntil
  }

  async #look(options: Look): Promise<Result<LiveFrame, Fault>> {
    if (this.#mayControl) await this.#commands.expire()
    const status = await this.#status(options)
    if (!status.ok) return status
    const { state } = status.value.reply
    const unreadable =
      state === 'fuelling' ? await this.#running(options) : await this.#atRest(state)
    return unreadable.ok ? ok(this.#frameOf(status.value, unreadable.value)) : unreadable
  }

  /** A status bears no check digits, so an unknown one is believed only when it comes twice (D14). */
  async #status(options: Look): Promise<Result<HeadRead<'status'>, Fault>> {
    const asking = { priority: 'poll', ...options } as const
    const first = await readHead(this.#station, 'status', asking)
    if (!first.ok || first.value.reply.state !== 'fault') return first
    const second = await readHead(this.#station, 'status', asking)
    if (!second.ok) return second
    const same = second.value.reply.code === first.value.reply.code
    return ok({ ...second.value, attempts: second.value.attempts + (same ? 0 : 1) })
  }

  /** Whether the running mass cannot be read as grams. */
  async #running({ active }: Look): Promise<Result<boolean, Fault>> {
    const read = await readHead(this.#station, 'running', { priority: 'poll', retries: 1, active })
    // A head that cannot tell its running mass still tells that it runs.
    if (!read.ok && read.error.code !== 'dispenser_refused') return read
    const mass = read.ok ? gramsOf(read.value.reply.value) : null
    this.#seen = seenRunning(this.#seen, mass === null ? null : grams(mass))
    return ok(read.ok && mass === null)
  }

  async #atRest(state: LiveFrame['status']['state']): Promise<Result<boolean, Fault>> {
    const known = state === 'idle' || state === 'calling'
    if (!known || (this.#seen.phase !== 'running' && !this.#mustCount)) return ok(false)
    const totals = await readTotals(this.#station)
    if (!totals.ok) return totals
    const { seen, sale } = seenAtRest(
      this.#seen,
      totals.value.grams,
      this.#station.config.widthGrams,
    )
    this.#seen = seen
    this.#mustCount = false
    this.#untold = sale ?? this.#untold
    return ok(false)
  }

  #frameOf({ reply, attempts, at, raw }: HeadRead<'status'>, unreadable: boolean): LiveFrame {
    const state = stateOfHead(this.#seen, reply.state)
    return {
      status: {
        nozzle: this.nozzle,
        state,
        nozzleOut: state === 'fault' ? null : reply.state !== 'idle',
        saleGrams: this.#seen.saleGrams,
        // It is asked for: the status has no counter.
        totaliserGrams: null,
        saleSequence: null,
        bootEpoch: null,
      },
      problem: unreadable ? 'unreadable-number' : state === 'fault' ? 'unknown-state' : null,
      attempts,
      at,
      rawHex: raw,
    }
  }

  #recordOf(sale: SeenSale): DeviceSale {
    this.#told += 1
    return {
      device: this.#station.deviceId,
      nozzle: this.nozzle,
      bootEpoch: 0,
      sequence: this.#told,
      grams: sale.grams,
      openingTotalGrams: sale.openingTotalGrams,
      pricePaisePerKg: sale.pricePaisePerKg ?? paisePerKg(0),
      raw: `${sale.openingTotalGrams} g + ${sale.grams} g`,
    }
  }
}

/** Commissioning: does it answer, and does its counter fit our settings. */
async function selfTest(station: NeogiStation): Promise<SelfTestReport> {
  const steps = [await statusStep(station), await totalsStep(station)]
  return { passed: steps.every(({ passed }) => passed), steps }
}

async function statusStep(station: NeogiStation): Promise<SelfTestStep> {
  const name = 'status'
  const read = await readHead(station, 'status')
  if (!read.ok) return { name, passed: false, detail: read.error.hint }
  const { state, code } = read.value.reply
  return { name, passed: state !== 'fault', detail: code }
}

async function totalsStep(station: NeogiStation): Promise<SelfTestStep> {
  const name = 'totaliser'
  const totals = await readTotals(station)
  if (!totals.ok) return { name, passed: false, detail: totals.error.hint }
  const { widthGrams } = station.config
  const detail = `${totals.value.raw}, ours ends at ${widthGrams} g`
  return { name, passed: totals.value.grams < widthGrams, detail }
}
