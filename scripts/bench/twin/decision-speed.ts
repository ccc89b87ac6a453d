import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import { newDispatchState, type DispatchState } from '@baari/shared/domain/dispatch/dispatch-state'
import { nextCall } from '@baari/shared/domain/dispatch/next-call'
import { joinQueue } from '@baari/shared/domain/dispatch/place-in-queue'
import { plainPositions } from '@baari/shared/domain/twin/station-plan'
import { runStation } from '@baari/shared/domain/twin/station-run'
import { steadyTraffic } from '@baari/shared/domain/twin/steady-state'
import { simInstant, simTicket, usualShares } from '@baari/shared/domain/twin/visit'
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

function decisionTimes(rounds: number): readonly number[] {
  const state = crowd()
  const now = simInstant(waiting * minuteMs)
  const once = (): number => {
    const from = performance.now()
    nextCall(state, now, recommendedConfig)
    return performance.now() - from
  }
  for (let i = 0; i < rounds / 3; i += 1) once()
  return Array.from({ length: rounds }, once)
}

/** Half of them booked, four positions free: the largest choice there is. */
function crowd(): DispatchState {
  const none = newDispatchState(plainPositions(4))
  return Array.from({ length: waiting }, (_, n) => n).reduce((state, n) => {
    const arrival = simInstant(n * minuteMs)
    const window = n % 2 === 0 ? {} : { windowStart: arrival }
    const vehicle = { ticket: simTicket(n), arrival, nozzles: ['ngv1'], vehicleClass: 'car' } as const
    return joinQueue(state, { ...vehicle, ...window }, recommendedConfig)
  }, none)
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
