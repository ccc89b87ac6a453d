import { bookableWork } from '../slots/bookable.ts'
import { bookedWork, classMilliMinutes } from '../slots/booked-work.ts'
import { spanOf } from '../slots/shown-room.ts'
import { planTaking, type FreeCell } from '../slots/taking-plan.ts'
import { cellStarts, windowLength } from '../slots/windows.ts'
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

export type Taken = readonly { readonly start: Instant; readonly work: MilliMinutes }[]

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
    for (const windowStart of nearest(wish, { notBefore, reach })) {
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

  isOver(start: Instant): boolean {
    return (this.#sold.get(start) ?? 0) > (this.#granted.get(start) ?? 0)
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

/** Window starts from near to far. */
function nearest(
  wish: Instant,
  { notBefore, reach }: Pick<Wanted, 'notBefore' | 'reach'>,
): readonly Instant[] {
  const first = Math.max(opens, notBefore, wish - reach)
  const found: Instant[] = []
  for (let at = Math.ceil(first / windowLength) * windowLength; at <= wish + reach;) {
    if (at < closes) found.push(instant(at))
    at += windowLength
  }
  return found.toSorted((a, b) => Math.abs(a - wish) - Math.abs(b - wish) || a - b)
}

/** Work a booking takes at a station that knows its share of no-shows. */
export function workOf(vehicleClass: VehicleClass, noShow: number): MilliMinutes {
  return bookedWork(classMilliMinutes[vehicleClass], perMille(Math.round((1 - noShow) * 1000)))
}
