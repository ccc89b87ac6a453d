import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import type { RunSeed } from '../../../src/domain/twin/chance.ts'
import { plainPositions, type StationPlan } from '../../../src/domain/twin/station-plan.ts'
import type { SteadyState } from '../../../src/domain/twin/steady-state.ts'
import { steadyTraffic } from '../../../src/domain/twin/steady-state.ts'
import { simInstant, simTicket, usualShares, type Visit } from '../../../src/domain/twin/visit.ts'
import { millis } from '../../../src/units/time.ts'

export const seed: RunSeed = { seed: 7, replication: 0 }

export const steady: SteadyState = {
  positions: 4,
  load: 0.85,
  bookedShare: 0.5,
  noShow: 0.1,
  punctualityMinutes: 5,
  shares: usualShares,
  days: 1,
  stagingNoise: true,
}

export function planOf(scenario: SteadyState, of: RunSeed = seed): StationPlan {
  return {
    positions: plainPositions(scenario.positions),
    visits: steadyTraffic(scenario, of).visits,
    config: recommendedConfig,
    staging: true,
    outages: [],
  }
}

/** Arrival and service in minutes, and the window's minute for a booked vehicle. */
export type Row = readonly [arrival: number, service: number, window?: number]

/** Hand-made vehicles, in the order of their arrival. */
export function visitsOf(...rows: readonly Row[]): readonly Visit[] {
  return rows.map(([arrival, service, window], n) => ({
    ticket: simTicket(n),
    arrival: at(arrival),
    ...(window === undefined ? {} : { windowStart: at(window) }),
    vehicleClass: 'car',
    nozzles: ['ngv1'],
    service: millis(service * 60_000),
    seenFactor: 1,
  }))
}

export const at = (minute: number) => simInstant(minute * 60_000)
export const minutesOf = (starts: Float64Array) => Array.from(starts, (start) => start / 60_000)
