import { recommendedConfig, type DispatchConfig } from '../dispatch/dispatch-config.ts'
import { millis } from '../../units/time.ts'
import { streamsOf, type RunSeed } from './chance.ts'
import { bookedFirst } from './booked-first.ts'
import { heldPositions } from './held-positions.ts'
import { pooledFifo } from './pooled-fifo.ts'
import { randomLanes, shortestClass, shortestLane, splitLanes } from './reference-policies.ts'
import { plainPositions } from './station-plan.ts'
import { runStation } from './station-run.ts'
import type { SteadyTraffic } from './steady-state.ts'
import type { Visit } from './visit.ts'

/** The rule of a station and the policies it is held against (lanes.md section 4). */
export const policyNames = ['A1', 'A2', 'B', 'B2', 'C1', 'C2', 'D1', 'D1q', 'E', 'REC'] as const
/** `B2` is written B′ in the design: one line for everybody, bookings told apart by nobody. */
export type PolicyName = (typeof policyNames)[number]

export type Setting = {
  readonly positions: number
  readonly seed: RunSeed
  /** The rule of REC. */
  readonly rule: DispatchConfig
  readonly staging: boolean
}

export type Played = { readonly visits: readonly Visit[]; readonly starts: Float64Array }

type Play = (traffic: SteadyTraffic, setting: Setting) => Played

const unbooked = ({ unbooked: visits }: SteadyTraffic, starts: Float64Array): Played => ({
  visits,
  starts,
})
const booked = ({ visits }: SteadyTraffic, starts: Float64Array): Played => ({ visits, starts })
const lanesOf = ({ seed }: Setting) => streamsOf(seed)('lanes')

const plays: Readonly<Record<PolicyName, Play>> = {
  A1: (all, it) => unbooked(all, randomLanes(all.unbooked, it.positions, lanesOf(it))),
  A2: (all, it) => unbooked(all, shortestLane(all.unbooked, it.positions, lanesOf(it))),
  B: (all, it) => unbooked(all, pooledFifo(all.unbooked, it)),
  B2: (all, it) => booked(all, pooledFifo(all.visits, it)),
  C1: (all, it) => booked(all, splitLanes(all.visits, it.positions)),
  C2: (all, it) => booked(all, heldPositions(all.visits, all.bookings, it.positions)),
  D1: (all, { positions }) => booked(all, bookedFirst(all.visits, { positions, quota: Infinity })),
  D1q: (all, { positions }) => booked(all, bookedFirst(all.visits, { positions, quota: 3 })),
  E: (all, it) => unbooked(all, shortestClass(all.unbooked, it.positions)),
  REC: (all, it) => dispatched(all.visits, it),
}

/** Starts of one policy for the vehicles of a run. */
export function play(policy: PolicyName, traffic: SteadyTraffic, setting: Setting): Played {
  return plays[policy](traffic, setting)
}

/** By the dispatcher of the node. */
function dispatched(
  visits: readonly Visit[],
  { positions, rule: config, staging }: Setting,
): Played {
  const plan = { positions: plainPositions(positions), visits, config, staging, outages: [] }
  return { visits, starts: runStation(plan).starts }
}

/** Late bookings queue by plain arrival, as in the reference tables: the taper ends as it begins. */
export const withoutCredit: DispatchConfig = {
  ...recommendedConfig,
  creditEndsAfter: millis(recommendedConfig.lateAfter + 1),
}
