import { bookableWork } from '../slots/bookable.ts'
import { bookedWork, classMilliMinutes } from '../slots/booked-work.ts'
import { spanOf } from '../slots/shown-room.ts'
import { planTaking, type FreeCell } from '../slots/taking-plan.ts'
import type { Capacity } from '../lease/capacity.ts'
import { windowsAround, type OverCells } from '../slots/retime.ts'
import { cellStarts } from '../slots/windows.ts'
import { noGrams } from '../../units/mass.ts'
import type { VehicleClass } from '../../units/names.ts'
import { after, instant, minutes, type Instant, type Millis } from '../../units/time.ts'
import { milliMinutes, perMille, type MilliMinutes } from '../../units/work.ts'
import { closes, opens } from './two-peak-day.ts'

/**
 * What may be sold of one five-minute cell: the one place in which the twin asks the slot rules for
 * a station's capacity.
 */
export function grantOf(positions: number, walkInMinutes: number | undefined): MilliMinutes {
  return bookableWork({
    workingPositions: positions,
    ...(walkInMinutes === undefined
      ? {}
      : { walkIn: milliMinutes(Math.round(walkInMinutes * 1000)) }),
  })
}

export type Taken = readonly FreeCell[]

export type Wanted = {
  readonly work: MilliMinutes
  readonly notBefore: Instant
  /** Furthest the window may lie from the wish. */
  readonly reach: Millis
}

/** The cells of one day and what is left of them; sells by the slot rules. */
export class SlotGrid {
  readonly #granted = new Map<Instant, number>()
  readonly #sold = new Map<Instant, number>()

  constructor(grant: (start: Instant) => MilliMinutes) {
    for (const start of cellStarts(opens, closes)) {
      this.#granted.set(start, grant(start))
      this.#sold.set(start, 0)
    }
  }

  /** The nearest window to the wish with room, the earlier one on ties; undefined when none has. */
  sell(
    wish: Instant,
    { work, notBefore, reach }: Wanted,
  ): { readonly windowStart: Instant; readonly taken: Taken } | undefined {
    for (const windowStart of windowsAround(wish, {
      notBefore: instant(Math.max(opens, notBefore)),
      within: reach,
    })) {
      if (windowStart >= closes) continue
      const plan = planTaking(this.#free(windowStart), { work, gas: noGrams })
      if (!plan.ok) continue
      this.#add(plan.value, 1)
      return { windowStart, taken: plan.value }
    }
    return undefined
  }

  release(taken: Taken): void {
    this.#add(taken, -1)
  }

  /** New grants from this moment on; what is sold stays sold. */
  regrant(from: Instant, grant: (start: Instant) => MilliMinutes): void {
    for (const start of this.#granted.keys()) {
      if (start >= from) this.#granted.set(start, grant(start))
    }
  }

  soldIn(start: Instant): number {
    return this.#sold.get(start) ?? 0
  }

  /** What is sold of cells beyond what is granted now. */
  over(): OverCells {
    const cells = [...this.#sold].map(([start, sold]): [Instant, Capacity] => {
      const work = milliMinutes(Math.max(0, sold - (this.#granted.get(start) ?? 0)))
      return [start, { work, gas: noGrams }]
    })
    return new Map(cells)
  }

  #free(windowStart: Instant): readonly FreeCell[] {
    const cells = cellStarts(windowStart, after(windowStart, minutes(30))).map((start) => ({
      start,
      work: milliMinutes(
        Math.max(0, (this.#granted.get(start) ?? 0) - (this.#sold.get(start) ?? 0)),
      ),
      gas: noGrams,
    }))
    return spanOf(cells, windowStart)
  }

  #add(taken: Taken, sign: 1 | -1): void {
    for (const { start, work } of taken) {
      this.#sold.set(start, (this.#sold.get(start) ?? 0) + sign * work)
    }
  }
}

/** Work a booking takes at a station that knows its share of no-shows. */
export function workOf(vehicleClass: VehicleClass, noShow: number): MilliMinutes {
  return bookedWork(classMilliMinutes[vehicleClass], perMille(Math.round((1 - noShow) * 1000)))
}
