import type { Committed } from '@baari/shared/domain/slots/retime'
import type { CutTime } from '@baari/shared/domain/slots/supply-cut'
import { minutes, type Instant, type Millis } from '@baari/shared/units/time'

/** No gas at a station for a time; one incident, however often its end moves. */
export type SupplyCut = CutTime & {
  readonly id: string
  readonly station: number
}

/** Bookings one wave tells, and how long until the next: 600 are told within twelve minutes. */
export const waveSize = 50
export const waveEvery: Millis = minutes(1)

/**
 * The order in which bookings of a cut are told: the fullest window first, because most people would
 * stand in one line there; of windows as full as each other the earlier; in a window the latest sale
 * first, as whenever capacity falls. Give them the latest sale first.
 */
export function fullestFirst<B extends Committed>(latestFirst: readonly B[]): readonly B[] {
  const work = new Map<Instant, number>()
  for (const { windowStart, taken } of latestFirst) {
    const minutesTaken = taken.reduce((sum, cell) => sum + cell.work, 0)
    work.set(windowStart, (work.get(windowStart) ?? 0) + minutesTaken)
  }
  const fill = ({ windowStart }: B): number => work.get(windowStart) ?? 0
  return latestFirst.toSorted((a, b) => fill(b) - fill(a) || a.windowStart - b.windowStart)
}
