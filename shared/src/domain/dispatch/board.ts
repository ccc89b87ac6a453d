import { nozzleTypes, positionNo, type TicketId } from '../../units/names.ts'
import type { Millis } from '../../units/time.ts'
import type { DispatchState, Moment, Position } from './dispatch-state.ts'
import { queuesAt, standsInQueue } from './queue-order.ts'
import { pickFor } from './rule.ts'
import { afterPick } from './streak.ts'

/** A position that takes everybody: the board shows one order for the whole station. */
const anyPosition: Position = { no: positionNo(1), nozzles: nozzleTypes, service: 'open' }

/** The rhythm as the board shows it. */
export type RuleNow = {
  readonly streak: number
  readonly limit: number
  readonly oldestWalkInWaitMs: Millis | null
}

export type Board = { readonly rule: RuleNow; readonly next: readonly TicketId[] }

/**
 * Who would be called next if a position for everybody freed now, and again, and again, `count`
 * times; and where the rhythm of booked and walk-in stands. Which position frees first in truth may
 * change the order for vehicles that do not fit it.
 */
export function boardOf(state: DispatchState, { now, config }: Moment, count: number): Board {
  const kept = (one: DispatchState['vehicles'][number]): boolean => standsInQueue(one, state.picks)
  let { booked, walkIn } = queuesAt(state, { now, config, kept })
  let { streaks } = state
  const next: TicketId[] = []
  let rule: RuleNow = { streak: 0, limit: config.streakLimit, oldestWalkInWaitMs: null }
  while (next.length < count) {
    const pick = pickFor({ booked, walkIn }, { position: anyPosition, streaks, now, config })
    if (pick === undefined) break
    const { streak, limit, oldestWalkInWaitMs } = pick.explanation
    if (next.length === 0) rule = { streak, limit, oldestWalkInWaitMs }
    next.push(pick.vehicle.ticket)
    booked = booked.filter((one) => one !== pick.vehicle)
    walkIn = walkIn.filter((one) => one !== pick.vehicle)
    streaks = afterPick(streaks, pick.effect)
  }
  return { rule, next }
}
