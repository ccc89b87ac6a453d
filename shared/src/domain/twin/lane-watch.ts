import type { DispatchConfig } from '../dispatch/dispatch-config.ts'
import type { DispatchState } from '../dispatch/dispatch-state.ts'
import { adviseLanes, noLaneAdvice, type LaneAdvice } from '../dispatch/lane-mode.ts'
import { queueOf } from '../dispatch/queue-order.ts'
import { classMeans } from '../dispatch/service-times.ts'
import { hours, millis, minutes, type Instant, type Millis } from '../../units/time.ts'
import type { Booking } from './steady-state.ts'

/** What the signs did in a run (G14). */
export type LaneChanges = {
  readonly changes: number
  readonly mostInAnHour: number
  /** Shortest time a number of booked lanes was shown; Infinity with fewer than two changes. */
  readonly shortestDwell: Millis
  /** Times a number came back within ten minutes of being left. */
  readonly quickReturns: number
}

/** Runs the lane signs beside a station and notes every change. */
export class LaneWatch {
  readonly #config: DispatchConfig
  readonly #meanService: Millis
  readonly #bookings: ReadonlyMap<number, Millis>
  readonly #changes: { readonly at: Instant; readonly from: number; readonly to: number }[] = []
  #advice: LaneAdvice = noLaneAdvice

  constructor(
    config: DispatchConfig,
    { meanService, expected }: { readonly meanService: Millis; readonly expected: ExpectedWork },
  ) {
    this.#config = config
    this.#meanService = meanService
    this.#bookings = expected
  }

  fiveMinutes(state: DispatchState, now: Instant): void {
    const before = this.#advice.bookedLanes
    const bookedWaiting = state.vehicles.filter(
      (one) => one.place.kind === 'waiting' && queueOf(one, now, this.#config) === 'booked',
    ).length
    const need = {
      bookedWaiting,
      meanService: this.#meanService,
      expectedWork: this.#bookings.get(cellOf(now)) ?? millis(0),
      openLanes: state.positions.filter(({ service }) => service === 'open').length,
    }
    this.#advice = adviseLanes(this.#advice, need, now)
    const after = this.#advice.bookedLanes
    if (after !== before) this.#changes.push({ at: now, from: before, to: after })
  }

  seen(): LaneChanges {
    const times = this.#changes.map(({ at }) => at)
    const returns = this.#changes.filter(({ at, to }, i) => {
      const left = this.#changes[i - 1]
      return left !== undefined && left.from === to && at - left.at < minutes(10)
    })
    const dwells = times.slice(1).map((at, i) => at - (times[i] ?? at))
    return {
      changes: times.length,
      mostInAnHour: mostWithin(times, hours(1)),
      shortestDwell: millis(dwells.length === 0 ? Number.MAX_SAFE_INTEGER : Math.min(...dwells)),
      quickReturns: returns.length,
    }
  }
}

function mostWithin(times: readonly Instant[], span: Millis): number {
  let most = 0
  let first = 0
  times.forEach((at, i) => {
    while (at - (times[first] ?? at) >= span) first += 1
    most = Math.max(most, i - first + 1)
  })
  return most
}

/** Booked work by five-minute cell, of those that will probably show. */
export type ExpectedWork = ReadonlyMap<number, Millis>

export function expectedWork(bookings: readonly Booking[], noShow: number): ExpectedWork {
  const work = new Map<number, Millis>()
  for (const { windowStart, vehicleClass } of bookings) {
    const cell = cellOf(windowStart)
    work.set(cell, millis((work.get(cell) ?? 0) + classMeans[vehicleClass] * (1 - noShow)))
  }
  return work
}

function cellOf(at: Instant): number {
  return Math.ceil(at / minutes(5))
}
