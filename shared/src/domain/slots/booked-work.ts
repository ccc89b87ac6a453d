import type { VehicleClass } from '../../units/names.ts'
import { milliMinutes, type MilliMinutes, type PerMille } from '../../units/work.ts'

/** Mean time at a position, change of vehicles included (lanes.md section 4); learned later. */
export const classMilliMinutes: { readonly [C in VehicleClass]: MilliMinutes } = {
  auto: milliMinutes(3_000),
  car: milliMinutes(4_500),
  lcv: milliMinutes(7_500),
  bus: milliMinutes(14_000),
}

/**
 * Work a booking takes, frozen at sale: classMinutes · max(P(show), 1/1.15). The show probability
 * is applied here and nowhere else; the lower bound keeps overbooking at 15 %. Rounded up, so that
 * rounding never sells a minute twice.
 */
export function bookedWork(full: MilliMinutes, show: PerMille): MilliMinutes {
  return milliMinutes(Math.max(Math.ceil((full * show) / 1000), Math.ceil((full * 100) / 115)))
}
