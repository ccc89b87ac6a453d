import { grams, type Grams } from '@baari/shared/units/mass'
import type { PaisePerKg } from '@baari/shared/units/money'
import type { DeviceSale, DispenserState, NozzleNo } from '../ports/dispenser.ts'
import { counterBefore, flowBetween } from './counter-flow.ts'
import type { NewSale } from './dispenser-wire.ts'
import type { LiveFrame } from './live-frame.ts'

export type SaleMeter = {
  readonly deviceId: string
  readonly nozzle: NozzleNo
  readonly widthGrams: number
  /** One step of the device's display. */
  readonly countGrams: number
}

/** What was known when the head rested before. */
type Rest = {
  readonly total: Grams | null
  readonly shown: Grams | null
  readonly ran: boolean
}

const atRest: readonly DispenserState[] = ['idle', 'calling', 'completed', 'closed']
const running: readonly DispenserState[] = ['started', 'fuelling', 'suspended']

/**
 * Finds completed sales of a head that shows the last sale's mass and a totaliser but numbers
 * nothing. A sale is over when the head rests and its totaliser moved; it began at the totaliser less
 * its mass, by which equal sales are told apart (D15). The numbers it is given count from our start
 * and say nothing after a restart: a sale from before has the number 0.
 */
export class SalesByTotal {
  readonly #meter: SaleMeter
  #restTotal: Grams | null = null
  /** Mass on the display when the head rested last. */
  #shown: Grams | null = null
  /** Gas of a running sale was seen since the head rested. */
  #ran = false
  #told: DeviceSale | null = null

  constructor(meter: SaleMeter) {
    this.#meter = meter
  }

  newSale(frame: LiveFrame, pricePaisePerKg: PaisePerKg): NewSale | null {
    const { totaliserGrams, saleGrams } = frame.status
    if (isRunning(frame)) this.#ran = true
    if (!isAtRest(frame) || totaliserGrams === null) return null
    const before = { total: this.#restTotal, shown: this.#shown, ran: this.#ran }
    this.#restTotal = totaliserGrams
    this.#shown = saleGrams
    const moved = this.#movedSince(before, totaliserGrams, saleGrams)
    // A head may close the valve before it writes its totaliser: the next frame shows it then.
    if (moved === 0) return null
    this.#ran = false
    if (saleGrams === 0 || this.#replaced(before, moved, saleGrams)) return null
    const sequence = (this.#told?.sequence ?? 0) + 1
    const sale = this.#sale(frame, { totaliserGrams, sequence, pricePaisePerKg })
    if (this.#began(sale, this.#told)) return null
    this.#told = sale
    const missed = moved > saleGrams && !this.#agrees(moved, saleGrams)
    return { sale, missedSales: missed ? 1 : 0 }
  }

  /** A meter that was replaced moves its counter while the display still shows an old sale (D02). */
  #replaced({ ran, shown }: Rest, moved: number, saleGrams: Grams): boolean {
    return !ran && saleGrams === shown && !this.#agrees(moved, saleGrams)
  }

  /** Of the first frame at rest nothing is known but what was seen to run. */
  #movedSince(before: Rest, totaliserGrams: Grams, saleGrams: Grams): number {
    if (before.total === null) return before.ran ? saleGrams : 0
    const { widthGrams } = this.#meter
    return flowBetween(before.total, totaliserGrams, widthGrams)
  }

  /** The last sale by a frame of a head at rest; null when it shows none. */
  lastSale(frame: LiveFrame, pricePaisePerKg: PaisePerKg): DeviceSale | null {
    const { totaliserGrams, saleGrams } = frame.status
    if (!isAtRest(frame) || totaliserGrams === null) return this.#told
    if (saleGrams === 0) return null
    const sale = this.#sale(frame, { totaliserGrams, sequence: 0, pricePaisePerKg })
    return this.#began(sale, this.#told) ? this.#told : sale
  }

  /** Two sales of one nozzle never begin at the same total. */
  #began(sale: DeviceSale, told: DeviceSale | null): told is DeviceSale {
    return told !== null && this.#agrees(told.openingTotalGrams, sale.openingTotalGrams)
  }

  #agrees(a: number, b: number): boolean {
    return Math.abs(a - b) <= this.#meter.countGrams
  }

  #sale(
    { status, rawHex }: LiveFrame,
    facts: {
      readonly totaliserGrams: Grams
      readonly sequence: number
      readonly pricePaisePerKg: PaisePerKg
    },
  ): DeviceSale {
    const { deviceId, nozzle, widthGrams } = this.#meter
    const { totaliserGrams, sequence, pricePaisePerKg } = facts
    const opening = counterBefore(totaliserGrams, status.saleGrams, widthGrams)
    return {
      device: deviceId,
      nozzle,
      bootEpoch: 0,
      sequence,
      grams: status.saleGrams,
      openingTotalGrams: grams(opening),
      pricePaisePerKg,
      raw: rawHex,
    }
  }
}

function isAtRest({ status }: LiveFrame): boolean {
  return atRest.includes(status.state)
}

function isRunning({ status }: LiveFrame): boolean {
  return running.includes(status.state) && status.saleGrams > 0
}
