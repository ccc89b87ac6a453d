import type { WorldOptions } from '../../sim/world/world.ts'

/** The smallest world in which everything still happens: one station, one day, few vehicles. */
export const smallWorld: WorldOptions = {
  seed: 1,
  stations: 1,
  days: 1,
  vehicles: 8,
  faults: {},
  plant: null,
  trace: false,
}
