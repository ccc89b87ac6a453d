import type { DispatchConfig } from '../dispatch/dispatch-config.ts'
import {
  compatible,
  vehicleOf,
  type DispatchState,
  type Vehicle,
} from '../dispatch/dispatch-state.ts'
import type { Call } from '../dispatch/next-call.ts'
import { queueOf } from '../dispatch/queue-order.ts'
import type { NozzleType } from '../../units/names.ts'
import { minutes, type Instant } from '../../units/time.ts'

/** A pick as somebody on the forecourt would note it, for vehicles of one nozzle type. */
type SeenPick = { readonly atMs: Instant; readonly booked: boolean; readonly old: boolean }

/** What must never happen (G9, G15), counted over a run. */
export type Unfair = {
  /** Booked picks that were the third in a row while a walk-in waited. */
  readonly threeInRow: number
  /** Booked picks that were the second in a row while the oldest had waited past the limit. */
  readonly twoInRowWhenOld: number
  /** Half hours in which more than ⌈2n/3⌉ of n picks were booked, a walk-in always waiting. */
  readonly overTwoThirds: number
  /** Half hours of the 1:1 phase in which more than ⌈n/2⌉ were. */
  readonly overHalf: number
  /** Days on which more than two thirds of such picks were booked, or half in the 1:1 phase. */
  readonly daysOver: number
  /** Picks made while a walk-in waited. */
  readonly picks: number
  /** The share of them that was booked. */
  readonly bookedShare: number
}

const halfHour = minutes(30)
const dayMs = 86_400_000

/**
 * Watches the picks one nozzle type can see, from the vehicles and not from the rule's own records:
 * its streak, its limit and its explanation play no part.
 */
export class FairnessWatch {
  readonly #type: NozzleType
  readonly #config: DispatchConfig
  /** Picks since a walk-in of the type has been waiting without a break. */
  #stretch: SeenPick[] = []
  #inRow = 0
  #found = { threeInRow: 0, twoInRowWhenOld: 0, overTwoThirds: 0, overHalf: 0 }
  #picks = 0
  #booked = 0
  readonly #days = new DayShares()

  constructor(type: NozzleType, config: DispatchConfig) {
    this.#type = type
    this.#config = config
  }

  /** To be told of every call, with the state it was decided on. */
  called(before: DispatchState, { ticket, position, explanation }: Call): void {
    const where = before.positions.find(({ no }) => no === position)
    const vehicle = vehicleOf(before, ticket)
    if (where === undefined || vehicle === undefined) return
    if (!where.nozzles.includes(this.#type) || vehicle.headOfLineMs !== undefined) return
    const { atMs } = explanation
    const booked = queueOf(vehicle, atMs, this.#config) === 'booked'
    const oldest = this.#oldestWalkIn(before, atMs)
    if (oldest === undefined || !compatible(where, { nozzles: [this.#type] })) {
      this.#endStretch(booked)
      return
    }
    this.#see({ atMs, booked, old: atMs - oldest > this.#config.oldAfter })
  }

  /** Nobody of the type waits: a booked pick takes nothing from anybody, a walk-in one ends the row. */
  #endStretch(booked: boolean): void {
    this.#stretch = []
    if (!booked) this.#inRow = 0
  }

  #see(pick: SeenPick): void {
    const previous = this.#stretch.at(-1)
    this.#stretch.push(pick)
    this.#inRow = pick.booked ? this.#inRow + 1 : 0
    if (this.#inRow > 2) this.#found.threeInRow += 1
    if (pick.booked && pick.old && previous?.booked === true) this.#found.twoInRowWhenOld += 1
    this.#judgeHalfHours(pick)
    this.#picks += 1
    if (pick.booked) this.#booked += 1
    this.#days.add(pick)
  }

  /** Every stretch of picks that ends with the newest and lasts at most half an hour. */
  #judgeHalfHours({ atMs }: SeenPick): void {
    while (atMs - (this.#stretch[0]?.atMs ?? atMs) > halfHour) this.#stretch.shift()
    let [n, booked, allOld] = [0, 0, true]
    for (const pick of this.#stretch.toReversed()) {
      n += 1
      if (pick.booked) booked += 1
      allOld &&= pick.old
      if (booked > Math.ceil((2 * n) / 3)) this.#found.overTwoThirds += 1
      if (allOld && booked > Math.ceil(n / 2)) this.#found.overHalf += 1
    }
  }

  #oldestWalkIn(state: DispatchState, now: Instant): Instant | undefined {
    let oldest: Instant | undefined
    for (const vehicle of state.vehicles) {
      if (!this.#isWaitingWalkIn(vehicle, now)) continue
      if (oldest === undefined || vehicle.arrival < oldest) oldest = vehicle.arrival
    }
    return oldest
  }

  #isWaitingWalkIn(vehicle: Vehicle, now: Instant): boolean {
    if (vehicle.place.kind !== 'waiting' || !vehicle.nozzles.includes(this.#type)) return false
    return queueOf(vehicle, now, this.#config) === 'walk-in'
  }

  /** What was seen until now. */
  seen(): Unfair {
    const { threeInRow, twoInRowWhenOld, overTwoThirds, overHalf } = this.#found
    const bookedShare = this.#picks === 0 ? 0 : this.#booked / this.#picks
    const daysOver = this.#days.over()
    const picks = this.#picks
    return { threeInRow, twoInRowWhenOld, overTwoThirds, overHalf, daysOver, picks, bookedShare }
  }
}

type Shares = { picks: number; booked: number; oldPicks: number; oldBooked: number }

/** Picks of each day. A day may cut a round of picks, so a share counts up to the next whole pick. */
class DayShares {
  readonly #days = new Map<number, Shares>()

  add({ atMs, booked, old }: SeenPick): void {
    const day = Math.floor(atMs / dayMs)
    const none: Shares = { picks: 0, booked: 0, oldPicks: 0, oldBooked: 0 }
    const shares = this.#days.get(day) ?? none
    this.#days.set(day, shares)
    shares.picks += 1
    if (booked) shares.booked += 1
    if (!old) return
    shares.oldPicks += 1
    if (booked) shares.oldBooked += 1
  }

  over(): number {
    return [...this.#days.values()].filter(
      ({ picks, booked, oldPicks, oldBooked }) =>
        booked > Math.ceil((2 * picks) / 3) || oldBooked > Math.ceil(oldPicks / 2),
    ).length
  }
}
