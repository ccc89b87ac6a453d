import { after, before, hours, millis, type Instant } from '../../units/time.ts'
import { drawAt, isPeak, lotHour } from './rolling-share.ts'
import { horizon, windowLength } from './windows.ts'

/** Vehicles of one phone in one lot at most, as for bookings (product.md 7.6). */
export const entriesPerPhone = 3

/** Whether an entry for this window may be made: from the opening of its hour until the draw. */
export function takesEntries(windowStart: Instant, now: Instant): boolean {
  if (!isPeak(windowStart)) return false
  return now >= before(lotHour(windowStart), horizon) && now < drawAt(windowStart)
}

/** SHA-256 in hex. */
export type HashText = (text: string) => string

/**
 * The order of the draw: entries by the hash of the seed and their own id. The seed's hash is shown
 * before the first entry is made and the seed after the draw, so that anybody who has the list can
 * draw again, and nobody can choose a seed to suit an entry.
 */
export function drawOrder<E extends { readonly id: string }>(
  seed: string,
  entries: readonly E[],
  hash: HashText,
): readonly E[] {
  const ranked = entries.map((entry) => ({ entry, rank: hash(`${seed}:${entry.id}`) }))
  return ranked
    .toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ entry }) => entry)
}

/** Windows of the hour in the order in which a winner is given one: the wished one, then the nearest. */
export function windowsOfLot(wished: Instant): readonly Instant[] {
  const first = lotHour(wished)
  const count = hours(1) / windowLength
  const starts = Array.from({ length: count }, (_, n) => after(first, millis(n * windowLength)))
  return starts.toSorted((a, b) => Math.abs(a - wished) - Math.abs(b - wished) || a - b)
}
