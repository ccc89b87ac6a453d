import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { FairnessWatch, type Unfair } from '../../../src/domain/twin/fairness-watch.ts'
import type { StationPlan } from '../../../src/domain/twin/station-plan.ts'
import { runStation } from '../../../src/domain/twin/station-run.ts'
import { nozzleTypes, positionNo, type NozzleType } from '../../../src/units/names.ts'
import { planOf, steady } from './day-of-test.ts'

const fair = { threeInRow: 0, twoInRowWhenOld: 0, overTwoThirds: 0, overHalf: 0, daysOver: 0 }

/** A crowded day, so that walk-ins wait at most picks and some of them for long. */
const crowded = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  replication: fc.nat(1_000),
  positions: fc.integer({ min: 1, max: 5 }),
  load: fc.double({ min: 0.8, max: 1.3, noNaN: true }),
  bookedShare: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
  mixed: fc.boolean(),
})

function planFor(day: typeof crowded extends fc.Arbitrary<infer T> ? T : never): StationPlan {
  const { seed, replication, positions, load, bookedShare, mixed } = day
  const scenario = { ...steady, positions, load, bookedShare, days: 0.3 }
  const plan = planOf(scenario, { seed, replication })
  return mixed ? withHighFlow(plan) : plan
}

/** The last position is high-flow and takes everybody; buses and LCVs fit no other one. */
function withHighFlow(plan: StationPlan): StationPlan {
  const both: readonly NozzleType[] = nozzleTypes
  const last = positionNo(plan.positions.length)
  return {
    ...plan,
    positions: plan.positions.map((one) => (one.no === last ? { ...one, nozzles: both } : one)),
    visits: plan.visits.map((visit) =>
      visit.vehicleClass === 'bus' || visit.vehicleClass === 'lcv'
        ? { ...visit, nozzles: ['ngv2'] }
        : visit,
    ),
  }
}

function seenIn(plan: StationPlan, type: NozzleType): Unfair {
  const watch = new FairnessWatch(type, recommendedConfig)
  runStation(plan, { called: (before, call) => watch.called(before, call) })
  return watch.seen()
}

describe('fairness on simulated days, whatever the seed', () => {
  it('G9 and G15 hold for every nozzle type, and G7 for every position', () => {
    fc.assert(
      fc.property(crowded, (day) => {
        const plan = planFor(day)
        for (const type of nozzleTypes) expect(seenIn(plan, type)).toMatchObject(fair)
        expect(runStation(plan).idle.uncalled).toBe(0)
      }),
      { numRuns: 12 },
    )
  })

  it('everybody starts, and nobody before arriving', () => {
    fc.assert(
      fc.property(crowded, (day) => {
        const plan = planFor(day)
        const { starts } = runStation(plan)
        plan.visits.forEach(({ arrival }, n) => expect(starts[n]).toBeGreaterThanOrEqual(arrival))
      }),
      { numRuns: 6 },
    )
  })

  it('a rule that gives booked vehicles more than two starts in a row is found out', () => {
    const config = { ...recommendedConfig, streakLimit: 3, streakLimitWhenOld: 2 }
    const plan = { ...planOf({ ...steady, load: 1.2, days: 1 }), config }
    const seen = seenIn(plan, 'ngv1')
    expect(seen.threeInRow).toBeGreaterThan(0)
    expect(seen.twoInRowWhenOld).toBeGreaterThan(0)
    expect(seen.overTwoThirds).toBeGreaterThan(0)
    expect(seen.overHalf).toBeGreaterThan(0)
    expect(seen.daysOver).toBe(1)
  })
})
