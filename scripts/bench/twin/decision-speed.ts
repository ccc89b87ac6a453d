import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import { newDispatchState, type DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { nextCall, type CallStep } from '@baari/shared/domain/dispatch/next-call'
import { joinQueue } from '@baari/shared/domain/dispatch/place-in-queue'
import { endFill, startFill } from '@baari/shared/domain/dispatch/position-events'
import { plainPositions } from '@baari/shared/domain/twin/station-plan'
import { runStation } from '@baari/shared/domain/twin/station-run'
import { steadyTraffic } from '@baari/shared/domain/twin/steady-state'
import { simInstant, simTicket, usualShares } from '@baari/shared/domain/twin/visit'
import type { Instant } from '@baari/shared/units/time'
import { present } from '@baari/shared/faults/assert'
import { percentile } from '../figures/spread.ts'
import type { Judged } from './judged.ts'

const waiting = 200
const minuteMs = 60_000

/** G17: one decision with 200 vehicles waiting, and a station's month, on this machine. */
export function speeds(seed: number, short: boolean): readonly Judged[] {
  const decisionMs = decisionTimes(short ? 300 : 3_000)
  const monthDays = short ? 3 : 30
  const monthSeconds = stationSeconds(seed, monthDays)
  return [
    {
      name: 'G17_decision_p99_ms',
      value: present(percentile(decisionMs, 0.99), 'decisions'),
      ...{ op: '<', goal: 1 },
      shown: `p50 ${percentile(decisionMs, 0.5)?.toFixed(3)} ms`,
    },
    {
      name: short ? 'G17_three_days_seconds' : 'G17_station_month_seconds',
      value: monthSeconds,
      ...{ op: '<', goal: 10 },
      shown: `${monthSeconds.toFixed(2)} s`,
    },
  ]
}

/**
 * Milliseconds of the decisions of a busy hour, 200 always waiting. Each is made three times and the
 * shortest counts: what another process takes from a run is no part of the decision.
 */
function decisionTimes(rounds: number): readonly number[] {
  let state = crowd()
  return Array.from({ length: rounds }, (_, n) => {
    const now = simInstant((waiting + n) * minuteMs)
    const { called, ms } = timed(state, now)
    state = arriving(served(called, now), waiting + n)
    return ms
  }).slice(rounds / 5)
}

const tries = 3

function timed(state: DispatchState, now: Instant): { called: CallStep; ms: number } {
  let ms = Infinity
  let called: CallStep = { state }
  for (let i = 0; i < tries; i += 1) {
    const from = performance.now()
    called = nextCall(state, now, recommendedConfig)
    ms = Math.min(ms, performance.now() - from)
  }
  return { called, ms }
}

/** The called vehicle fills and leaves at once, so that its position is free again. */
function served({ state, call }: CallStep, now: Instant): DispatchState {
  if (call === undefined) return state
  const moment = { now, config: recommendedConfig }
  const started = startFill(state, call.ticket, moment)
  return started.ok ? endFill(started.value, call.position, moment) : state
}

/** Half of them booked, four positions free: the largest choice there is. */
function crowd(): DispatchState {
  const none = newDispatchState(plainPositions(4))
  return Array.from({ length: waiting }, (_, n) => n).reduce(arriving, none)
}

function arriving(state: DispatchState, n: number): DispatchState {
  const arrival = simInstant(n * minuteMs)
  const window = n % 2 === 0 ? {} : { windowStart: arrival }
  const vehicle = { ticket: simTicket(n), arrival, nozzles: ['ngv1'], vehicleClass: 'car' } as const
  return joinQueue(state, { ...vehicle, ...window }, recommendedConfig)
}

function stationSeconds(seed: number, days: number): number {
  const scenario = {
    ...{ positions: 4, load: 0.95, days, bookedShare: 0.5, noShow: 0.1, punctualityMinutes: 5 },
    ...{ shares: usualShares, stagingNoise: true },
  }
  const from = performance.now()
  const { visits } = steadyTraffic(scenario, { seed, replication: 0 })
  const positions = plainPositions(4)
  runStation({ positions, visits, config: recommendedConfig, staging: true, outages: [] })
  return (performance.now() - from) / 1000
}
