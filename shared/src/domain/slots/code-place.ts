import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import { istDay, slotOfDay } from '../../units/ist-calendar.ts'
import { after, minutes, type DayNumber, type Instant } from '../../units/time.ts'

/** Which nine-digit code of a station: IST day, five-minute slot of the day, and a count in it. */
export type CodePlace = { readonly day: DayNumber; readonly slot: number; readonly n: number }

/** Counts of a slot by seller, so that each counts without asking the other (architecture.md). */
export const codeCounts = {
  cloud: { first: 0, last: 22 },
  station: { first: 23, last: 33 },
} as const

/** The slots whose codes a window may use: its own, then its second one when on the same IST day. */
export function codeSlots(windowStart: Instant): readonly Omit<CodePlace, 'n'>[] {
  const day = istDay(windowStart)
  return [windowStart, after(windowStart, minutes(5))]
    .filter((at) => istDay(at) === day)
    .map((at) => ({ day, slot: slotOfDay(at) }))
}

/** Every place a seller may use for a window, in the order in which they are used. */
export function codePlaces(
  windowStart: Instant,
  seller: keyof typeof codeCounts,
): readonly CodePlace[] {
  const { first, last } = codeCounts[seller]
  const counts = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return codeSlots(windowStart).flatMap((at) => counts.map((n) => ({ ...at, n })))
}

/** The first place not yet used; `window_full` when every code of both slots is spent. */
export function freeCodePlace(
  places: readonly CodePlace[],
  used: readonly Pick<CodePlace, 'slot' | 'n'>[],
): Result<CodePlace, Refusal> {
  const spent = new Set(used.map(({ slot, n }) => `${slot}/${n}`))
  const free = places.find(({ slot, n }) => !spent.has(`${slot}/${n}`))
  return free === undefined ? err(refusal('window_full', { codes: used.length })) : ok(free)
}
