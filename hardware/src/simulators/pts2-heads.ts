import type { HeadFamily } from './head-family.ts'
import { serveController } from './pts2-controller.ts'

/** Name of the login in the station file of a simulated station. */
export const simulatedLogin = 'simulated'

/** Dispensers behind a Technotrade PTS-2 controller. */
export const pts2Heads = {
  driver: 'pts2',
  // The controller numbers sales up to 65,535 and begins anew with 1 (D13).
  limits: { highestSequence: 65_535 },
  headsPerLine: 120,
  addressOf: (position) => position,
  serve: ({ heads, port, clock, login }) => serveController({ heads, port, clock, login }),
  stationFile: {
    bus: { kind: 'pts2', over: 'http', login: simulatedLogin },
    dispenser: (position) => ({
      driver: 'pts2',
      address: position,
      decimals: { mass: 3, amount: 2, price: 2 },
      total: { type: 'bcd', digits: 12, unit_g: 1 },
    }),
  },
} as const satisfies HeadFamily
