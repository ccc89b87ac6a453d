import type { MilliMinutes, PerMille } from '../../units/work.ts'

/** A booking that comes with this probability and then takes its whole class minutes. */
export type Expected = { readonly minutes: MilliMinutes; readonly show: PerMille }

/** More than one hour in twenty may not be too full because too many of the booked came. */
const mostOverload = 0.05
/** Work is counted in steps of a quarter minute, rounded up: the answer errs to the full side. */
const stepMilliMinutes = 250

/**
 * Whether the minutes of those who show exceed what was granted in more than 5 % of cases: the exact
 * distribution of independent shows (lanes.md section 3, P(overload)). Then the sale reckons with
 * everybody coming.
 */
export function overloads(bookings: readonly Expected[], granted: MilliMinutes): boolean {
  const all = bookings.reduce((sum, { minutes }) => sum + steps(minutes), 0)
  const room = Math.floor(granted / stepMilliMinutes)
  return all > room && overloadChance(bookings, room) > mostOverload
}

/** Probability of each sum up to the room, one booking after the other; the rest is too much. */
function overloadChance(bookings: readonly Expected[], room: number): number {
  let chances = new Float64Array(room + 1)
  chances[0] = 1
  for (const { minutes, show } of bookings) {
    const taken = steps(minutes)
    const comes = show / 1000
    const next = chances.map((chance) => chance * (1 - comes))
    for (let sum = taken; sum <= room; sum += 1) {
      next[sum] = (next[sum] ?? 0) + (chances[sum - taken] ?? 0) * comes
    }
    chances = next
  }
  return 1 - chances.reduce((sum, chance) => sum + chance, 0)
}

function steps(minutes: MilliMinutes): number {
  return Math.ceil(minutes / stepMilliMinutes)
}
