import type { Fault } from '@baari/shared/faults/no'
import type { Result } from '@baari/shared/faults/result'
import type { DeviceSale } from '../ports/dispenser.ts'
import type { NewSale } from './dispenser-wire.ts'
import type { LiveFrame } from './live-frame.ts'

/** Finds completed sales of a head that numbers them: a number that changed names a new record. */
export class SalesBySequence {
  readonly #readLastSale: () => Promise<Result<DeviceSale | null, Fault>>
  #known: number | null = null

  constructor(readLastSale: () => Promise<Result<DeviceSale | null, Fault>>) {
    this.#readLastSale = readLastSale
  }

  /** A sale is told once; when its record cannot be read now, the next frame tries again. */
  async newSale({ status }: LiveFrame): Promise<NewSale | null> {
    const { saleSequence, bootEpoch } = status
    if (saleSequence === null || bootEpoch === null) return null
    const known = this.#known
    if (known === null || known === saleSequence) {
      this.#known = saleSequence
      return null
    }
    const read = await this.#readLastSale()
    if (!read.ok || read.value === null) return null
    const sale = read.value
    if (sale.sequence === known) return null
    this.#known = sale.sequence
    return { sale, missedSales: Math.max(0, sale.sequence - known - 1) }
  }
}
