import { describe, expect, it } from 'vitest'
import { bookedFirst } from '../../../src/domain/twin/booked-first.ts'
import { heldPositions } from '../../../src/domain/twin/held-positions.ts'
import { meanWait } from '../../../src/domain/twin/closed-forms.ts'
import { play, withoutCredit } from '../../../src/domain/twin/policies.ts'
import {
  randomLanes,
  shortestClass,
  shortestLane,
  splitLanes,
} from '../../../src/domain/twin/reference-policies.ts'
import { meanOf } from '../../../src/domain/twin/statistics.ts'
import { runStation } from '../../../src/domain/twin/station-run.ts'
import { steadyTraffic } from '../../../src/domain/twin/steady-state.ts'
import { measuredDays } from '../../../src/domain/twin/steady-run.ts'
import type { Visit } from '../../../src/domain/twin/visit.ts'
import { waitsOf } from '../../../src/domain/twin/waits.ts'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { millis } from '../../../src/units/time.ts'
import { at, minutesOf, planOf, steady, visitsOf, type Row } from './day-of-test.ts'

const never = () => 0

describe('reference policies, by hand', () => {
  it('A1: a vehicle waits in its lane while another one is empty', () => {
    expect(minutesOf(randomLanes(visitsOf([0, 10], [1, 10]), 2, never))).toEqual([0, 10])
  })

  it('A2: into the shorter lane, and no changing when the other one empties', () => {
    const visits = visitsOf([0, 20], [1, 2], [2, 5], [4, 5])
    expect(minutesOf(shortestLane(visits, 2, never))).toEqual([0, 1, 20, 4])
  })

  it('C1: a walk-in waits while the booked half stands empty', () => {
    expect(minutesOf(splitLanes(visitsOf([0, 10], [1, 10], [2, 5, 2]), 2))).toEqual([0, 10, 2])
  })

  it('C2: a position is kept from s until its vehicle comes, and until s+10 for one that does not', () => {
    const visits = visitsOf([4, 5], [7, 5, 3])
    const booked = { vehicleClass: 'car', service: millis(300_000) } as const
    const comes = { ...booked, windowStart: at(3), arrival: at(7) }
    const stays = { ...booked, windowStart: at(3) }
    expect(minutesOf(heldPositions(visits, [comes], 1))).toEqual([12, 7])
    expect(minutesOf(heldPositions(visitsOf([4, 5]), [stays], 1))).toEqual([13])
  })

  it('C2: of several bookings to a window, one position is kept at every moment something happens', () => {
    const stays = { vehicleClass: 'car', service: millis(300_000), windowStart: at(3) } as const
    // At 4 the station has turned to the first booking, at 5 to the second: nobody starts before 13.
    const visits = visitsOf([4, 1], [5, 1], [6, 1])
    expect(minutesOf(heldPositions(visits, [stays, stays], 2))).toEqual([4, 13, 13])
  })

  it('D1q: after three booked starts in a row it is a walk-in’s turn, in D1 never', () => {
    const rows = [1, 2, 3, 4, 5].map((arrival): Row => [arrival, 10, 0])
    const visits = visitsOf([0, 10], [0, 10], ...rows)
    const d1q = minutesOf(bookedFirst(visits, { positions: 1, quota: 3 }))
    expect(d1q).toEqual([0, 40, 10, 20, 30, 50, 60])
    const d1 = minutesOf(bookedFirst(visits, { positions: 1, quota: Infinity }))
    expect(d1).toEqual([0, 60, 10, 20, 30, 40, 50])
  })

  it('D1q: a walk-in that starts because the booked head is early leaves the row as it is', () => {
    const inWindow = [1, 2].map((arrival): Row => [arrival, 10, 0])
    const early: readonly Row[] = [
      [3, 10, 38],
      [3, 10, 38],
    ]
    const visits = visitsOf([0, 10], ...inWindow, [2, 10], [2, 10], ...early)
    // Booked at 10 and 20, a walk-in at 30 for the head is early, booked at 40: the row is full.
    expect(minutesOf(bookedFirst(visits, { positions: 1, quota: 3 }))).toEqual([
      ...[0, 10, 20],
      ...[30, 50],
      ...[40, 60],
    ])
  })

  it('two that come at the same moment to idle positions both start then', () => {
    const visits = visitsOf([0, 1], [0, 1], [5, 1], [5, 1])
    expect(minutesOf(shortestClass(visits, 2))).toEqual([0, 0, 5, 5])
  })

  it('E: the quickest class first, whoever came first', () => {
    const [first, bus, auto] = visitsOf([0, 10], [1, 14], [2, 3])
    const visits = [
      first!,
      { ...bus!, vehicleClass: 'bus' as const },
      { ...auto!, vehicleClass: 'auto' as const },
    ]
    expect(minutesOf(shortestClass(visits, 1))).toEqual([0, 13, 10])
  })
})

describe('reference policies in steady state', () => {
  it('D1 is the order of the dispatcher when no row is too long', () => {
    const config = { ...withoutCredit, streakLimit: Infinity, streakLimitWhenOld: Infinity }
    const plan = planOf({ ...steady, load: 0.95, stagingNoise: false })
    // The dispatcher puts those that come before s−20 with the walk-ins until s−5; D1 knows none.
    const standby = ({ arrival, windowStart = arrival }: Visit) => windowStart - arrival > 1_200_000
    const visits = plan.visits.filter((visit) => !standby(visit))
    const { starts } = runStation({ ...plan, visits, config, staging: false })
    expect(bookedFirst(visits, { positions: 4, quota: Infinity })).toEqual(starts)
  })

  const scenario = { ...steady, positions: 2, load: 0.7, days: 6, stagingNoise: false }
  const runs = [0, 1, 2, 3, 4, 5].map((replication) => {
    const seed = { seed: 11, replication }
    const traffic = steadyTraffic(scenario, seed)
    const setting = { positions: 2, seed, rule: recommendedConfig, staging: false }
    return (policy: 'B' | 'B2' | 'D1' | 'A1') => {
      const { visits, starts } = play(policy, traffic, setting)
      return waitsOf(visits, starts, measuredDays(scenario))
    }
  })

  it('B waits as the formula of M/G/c says', () => {
    const { low, high } = meanOf(runs.map((of) => of('B').allMean))
    const exact = meanWait({ servers: 2, load: 0.7, meanService: 4.18, squaredVariation: 0.35 })
    expect(exact).toBeGreaterThan(low - 0.2)
    expect(exact).toBeLessThan(high + 0.2)
  })

  it('random lanes are far worse than one line, and booked first does not change the raw mean', () => {
    const one = meanOf(runs.map((of) => of('B').allMean)).mean
    expect(meanOf(runs.map((of) => of('A1').allMean)).mean).toBeGreaterThan(1.8 * one)
    const raw = (policy: 'B2' | 'D1') => meanOf(runs.map((of) => of(policy).rawMean)).mean
    expect(Math.abs(raw('D1') / raw('B2') - 1)).toBeLessThan(0.01)
  })
})
