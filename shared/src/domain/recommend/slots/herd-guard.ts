import type { StationNo } from '../../../units/names.ts'
import { minutes, type Instant, type Millis } from '../../../units/time.ts'

/** A slot somebody else was recommended lately, and the chance that it is taken. */
export type Headed = {
  readonly station: StationNo
  readonly start: Instant
  readonly chance: number
}

/** As long as this a recommendation counts against the slot; whoever has not booked by then will not. */
export const headedFor: Millis = minutes(5)

/**
 * Vehicles on their way to each slot, by chance: taken off the room of the slot, so that the same one
 * is not recommended to everybody who looks in the same minute.
 */
export function headedTo(headed: readonly Headed[]): (slot: Omit<Headed, 'chance'>) => number {
  const sums = new Map<string, number>()
  for (const { station, start, chance } of headed) {
    const key = `${station}/${start}`
    sums.set(key, (sums.get(key) ?? 0) + chance)
  }
  return ({ station, start }) => sums.get(`${station}/${start}`) ?? 0
}
