import type { DispatchConfig } from '../dispatch/dispatch-config.ts'
import { hours, minutes, type Millis } from '../../units/time.ts'
import type { RunSeed } from './chance.ts'
import { FairnessWatch, type Unfair } from './fairness-watch.ts'
import { expectedWork, LaneWatch, type LaneChanges } from './lane-watch.ts'
import { play } from './policies.ts'
import { plainPositions, type StationRun } from './station-plan.ts'
import { runStation } from './station-run.ts'
import { steadyTraffic, type SteadyState, type SteadyTraffic } from './steady-state.ts'
import { meanService, simInstant } from './visit.ts'
import { waitsOf, type Measured, type Waits } from './waits.ts'

/** What one replication of a station in steady state says, beside B on the same vehicles. */
export type SteadyRun = {
  readonly rec: Waits
  readonly b: Waits
  /** Mean raw wait of first come first served on the same stream with bookings (B′). */
  readonly fifoRawMean: number
  readonly idle: IdleShare
  readonly unfair: Unfair
  readonly lanes: LaneChanges
}

/** Minutes per position-hour in which a position stood idle while a compatible vehicle waited. */
export type IdleShare = {
  /** Not called: the rule's own fault. */
  readonly uncalledMinutes: number
  /** Staged behind another position: the price of staging. */
  readonly stagedMinutes: number
}

export type Rule = { readonly config: DispatchConfig; readonly staging: boolean }

const day = hours(24)
const warmUpDays = 3
const coolDownDays = 1

/** Measured from day 3 until a day before the end; a run of a few days has a day of warm-up. */
export function measuredDays({ days }: Pick<SteadyState, 'days'>): Measured {
  const from = days > warmUpDays + coolDownDays ? warmUpDays : Math.min(1, days / 4)
  const to = days > warmUpDays + coolDownDays ? days - coolDownDays : days
  return { from: simInstant(from * day), to: simInstant(to * day) }
}

/** One replication: the station under its rule, watched, and B on the same vehicles. */
export function steadyRun(
  scenario: SteadyState,
  { config, staging }: Rule,
  seed: RunSeed,
): SteadyRun {
  const traffic = steadyTraffic(scenario, seed)
  const measured = measuredDays(scenario)
  const { run, unfair, lanes } = watched(scenario, { config, staging }, traffic)
  const setting = { positions: scenario.positions, seed, rule: config, staging }
  const b = play('B', traffic, setting)
  const fifo = play('B2', traffic, setting)
  return {
    rec: waitsOf(traffic.visits, run.starts, measured),
    b: waitsOf(b.visits, b.starts, measured),
    fifoRawMean: waitsOf(fifo.visits, fifo.starts, measured).rawMean,
    idle: idleShare(run),
    unfair,
    lanes,
  }
}

type Watched = {
  readonly run: StationRun
  readonly unfair: Unfair
  readonly lanes: LaneChanges
}

function watched(
  scenario: SteadyState,
  { config, staging }: Rule,
  traffic: SteadyTraffic,
): Watched {
  const fairness = new FairnessWatch('ngv1', config)
  const lanes = new LaneWatch(config, {
    meanService: meanService(scenario.shares),
    expected: expectedWork(traffic.bookings, scenario.noShow),
  })
  const positions = plainPositions(scenario.positions)
  const run = runStation(
    { positions, visits: traffic.visits, config, staging, outages: [] },
    {
      called: (before, call) => fairness.called(before, call),
      fiveMinutes: (state, now) => lanes.fiveMinutes(state, now),
    },
  )
  return { run, unfair: fairness.seen(), lanes: lanes.seen() }
}

export function idleShare({ idle, positionTime }: StationRun): IdleShare {
  const perHour = (time: Millis): number => (time / minutes(1) / positionTime) * hours(1)
  return { uncalledMinutes: perHour(idle.uncalled), stagedMinutes: perHour(idle.staged) }
}
