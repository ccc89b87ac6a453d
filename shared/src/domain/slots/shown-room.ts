import { after, type Instant } from '../../units/time.ts'
import { noCapacity, plus, type Capacity } from '../lease/capacity.ts'
import { roomFor, takingSpan, type FreeCell, type Need } from './taking-plan.ts'

export type ShownRoom = 'free' | 'few' | 'full'

/** With room for this many or fewer a window reads *few*. */
const fewAtMost = 2

/** How a window reads for a vehicle that needs this much, by what its half hour has free. */
export function shownRoom(cells: readonly FreeCell[], windowStart: Instant, need: Need): ShownRoom {
  return shownAs(spanOf(cells, windowStart).reduce(plus, noCapacity), need)
}

/** How this much free room reads for a vehicle that needs this much. */
export function shownAs(free: Capacity, need: Need): ShownRoom {
  const room = roomFor([free], need)
  if (room === 0) return 'full'
  return room <= fewAtMost ? 'few' : 'free'
}

/** The cells a booking of this window may take from. */
export function spanOf<C extends { readonly start: Instant }>(
  cells: readonly C[],
  windowStart: Instant,
): readonly C[] {
  const end = after(windowStart, takingSpan)
  return cells.filter(({ start }) => start >= windowStart && start < end)
}
