import type { Headed } from '@baari/shared/domain/recommend/slots/herd-guard'
import type { Looker } from '../../ports/slot-recommendation.ts'

/** Who was shown slots of one station lately and has not decided. */
export type StationHerd = {
  /** Where everybody else heads. */
  but(driver: string): readonly Headed[]
  /** What a driver was just shown takes the place of what the driver was shown before. */
  add(driver: string, shown: readonly Headed[]): void
}

/**
 * The herd as the log knows it. What is shown while it is held is added at once: otherwise all who ask
 * before it is read again would be sent to the same slot.
 */
export function stationHerd(lookers: readonly Looker[]): StationHerd {
  const shownTo = new Map<string, readonly Headed[]>()
  for (const { driver, ...headed } of lookers) {
    shownTo.set(driver, [...(shownTo.get(driver) ?? []), headed])
  }
  return {
    but: (driver) => [...shownTo].flatMap(([other, shown]) => (other === driver ? [] : shown)),
    add: (driver, shown) => void shownTo.set(driver, shown),
  }
}
