import type { Clock } from '@baari/shared/runtime/clock'
import type { Fault } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { grams, type Grams } from '@baari/shared/units/mass'
import { paisePerKg, type PaisePerKg } from '@baari/shared/units/money'
import { millis, monoAfter, type Millis, type Mono } from '@baari/shared/units/time'
import type { DispenserState, NozzleNo } from '../../ports/dispenser.ts'
import type { GilbarcoReply } from '../../protocols/gilbarco-two-wire/frames.ts'
import { gilbarcoState, type GilbarcoCommand } from '../../protocols/gilbarco-two-wire/tables.ts'
import { hexText } from '../../protocols/modbus/frames.ts'
import { fault } from '../../transports/line-faults.ts'
import type { AskOptions } from '../ask-options.ts'
import type { LiveFrame } from '../live-frame.ts'
import type { TotalRead } from '../totals-twice.ts'
import { codeOf, type GilbarcoAnswer, type GilbarcoLoop, type PumpPlace } from './gilbarco-loop.ts'
import type { GilbarcoScale } from './gilbarco-scale.ts'

export type ReaderSetup = {
  readonly loop: GilbarcoLoop
  readonly place: PumpPlace
  readonly nozzle: NozzleNo
  readonly scale: GilbarcoScale
  readonly clock: Clock
}

/** Counters of a pump at rest: they stand still until it leaves that state. */
type Rest = {
  readonly totalGrams: Grams
  readonly saleGrams: Grams
  readonly pricePaisePerKg: PaisePerKg
  readonly raw: string
  readonly until: Mono
}

const restHoldsMs = millis(5_000)
const atRest: readonly DispenserState[] = ['idle', 'calling', 'completed', 'closed']

/**
 * Reads one pump. A status names its pump and a block does not, so each block follows a status of the
 * same pump and is never repeated by the bus (docs/adr/0020-late-replies-by-protocol.md).
 */
export class GilbarcoReader {
  readonly setup: ReaderSetup
  #state: DispenserState | null = null
  #rest: Rest | null = null
  /** Mass of the sale that runs now; null until its money was read. */
  #runningGrams: Grams | null = null
  /** Price we told the pump last; of a sale that we did not authorise its own transaction tells. */
  #toldPrice: PaisePerKg | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(setup: ReaderSetup) {
    this.setup = setup
  }

  get pricePaisePerKg(): PaisePerKg {
    return this.#rest?.pricePaisePerKg ?? this.#toldPrice ?? paisePerKg(0)
  }

  priceTold(price: PaisePerKg): void {
    this.#toldPrice = price
  }

  /** Runs one after the other; a bounded piece of work each, so the wait is bounded, too. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** The state, and what belongs to it: money while gas flows, counters at rest. Only in turn. */
  async look(options: AskOptions): Promise<Result<LiveFrame, Fault>> {
    const { loop, place } = this.setup
    const answer = await loop.command(place, 'status', options)
    if (!answer.ok) {
      this.#rest = null
      this.#runningGrams = null
      return answer
    }
    const code = codeOf(answer.value)
    // A data error and a listening pump say nothing of the state: it is as it was.
    const state = code === null ? null : (gilbarcoState(code) ?? this.#state)
    if (state === null) return err(fault('bus_timeout', place.deviceId, 'the pump told no state'))
    this.#state = state
    if (atRest.includes(state)) await this.#readRest(options)
    else this.#rest = null
    if (state === 'fuelling') {
      const money = await this.#readMoney(options)
      // The mass of an earlier sale beside a running one would be gas that never flowed.
      if (!money.ok && this.#runningGrams === null) return money
    } else this.#runningGrams = null
    return ok(this.#frame(state, answer.value))
  }

  /** The totaliser once, behind a status of its own. */
  async total(withinMs: Millis): Promise<Result<TotalRead, Fault>> {
    const options: AskOptions = { priority: 'control', retries: 2, withinMs }
    return this.inTurn(async () => {
      const status = await this.setup.loop.command(this.setup.place, 'status', options)
      if (!status.ok) return status
      const answer = await this.#block('totals', options)
      if (!answer.ok) return answer
      const { at, raw } = answer.value
      return ok({ grams: this.#totalIn(answer.value.reply), at, raw: hexText(raw) })
    })
  }

  /** Reads the last transaction, after which a pump whose nozzle hangs goes back to idle. */
  release(options: AskOptions): Promise<Result<GilbarcoAnswer, Fault>> {
    return this.#block('transaction', options)
  }

  /** Counters are read when the pump came to rest, and again from time to time. */
  async #readRest(options: AskOptions): Promise<void> {
    const { clock, scale } = this.setup
    if (this.#rest !== null && this.#rest.until > clock.mono()) return
    this.#rest = null
    const totals = await this.#block('totals', options)
    if (!totals.ok) return
    const sale = await this.#block('transaction', options)
    const totalGrams = this.#totalIn(totals.value.reply)
    if (!sale.ok || sale.value.reply.kind !== 'transaction' || totalGrams === null) return
    const { volumeCounts, priceCounts } = sale.value.reply
    this.#rest = {
      totalGrams,
      saleGrams: scale.massOf(volumeCounts),
      pricePaisePerKg: scale.priceOf(priceCounts),
      raw: [totals.value.raw, sale.value.raw].map(hexText).join(' / '),
      until: monoAfter(clock.mono(), restHoldsMs),
    }
  }

  async #readMoney(options: AskOptions): Promise<Result<void, Fault>> {
    const price = await this.#priceOfSale(options)
    if (!price.ok) return price
    const money = await this.#block('running-money', options)
    if (!money.ok) return money
    const { reply } = money.value
    if (reply.kind === 'running-money') {
      this.#runningGrams = this.setup.scale.massFor(reply.amountCounts, price.value)
    }
    return ok(undefined)
  }

  /**
   * The price by which money is mass. A node that was started anew told the pump none: without the
   * pump's own the running mass would be nothing, and the total a step back behind the one read.
   */
  async #priceOfSale(options: AskOptions): Promise<Result<PaisePerKg, Fault>> {
    if (this.#toldPrice !== null) return ok(this.#toldPrice)
    const totals = await this.#block('totals', options)
    if (!totals.ok) return totals
    const { place, scale } = this.setup
    const counts = this.#gradeIn(totals.value.reply)?.firstPriceCounts ?? 0
    if (counts === 0) return err(fault('bus_timeout', place.deviceId, 'the pump told no price'))
    this.#toldPrice = scale.priceOf(counts)
    return ok(this.#toldPrice)
  }

  #frame(state: DispenserState, status: GilbarcoAnswer): LiveFrame {
    const rest = this.#rest
    return {
      status: {
        nozzle: this.setup.nozzle,
        state,
        nozzleOut: state === 'calling' ? true : state === 'idle' ? false : null,
        saleGrams: rest?.saleGrams ?? this.#runningGrams ?? grams(0),
        totaliserGrams: rest?.totalGrams ?? null,
        saleSequence: null,
        bootEpoch: null,
      },
      problem: state === 'fault' ? 'unknown-state' : null,
      attempts: status.attempts,
      at: status.at,
      rawHex: [hexText(status.raw), ...(rest === null ? [] : [rest.raw])].join(' / '),
    }
  }

  #block(command: GilbarcoCommand, options: AskOptions): Promise<Result<GilbarcoAnswer, Fault>> {
    return this.setup.loop.command(this.setup.place, command, { ...options, retries: 0 })
  }

  #gradeIn(reply: GilbarcoReply) {
    return reply.kind === 'totals' ? reply.grades[this.setup.nozzle - 1] : undefined
  }

  #totalIn(reply: GilbarcoReply): Grams | null {
    const own = this.#gradeIn(reply)
    return own === undefined ? null : this.setup.scale.totalOf(own.volumeCounts)
  }
}
