import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { describe, expect, it } from 'vitest'
import { faultKinds, swarm, usualFaults } from '../../sim/faults/fault-plan.ts'
import { commandOf, readOptions } from '../../sim/run/options.ts'

describe('the swarm of faults', () => {
  it('each seed leaves kinds out, and over many seeds every kind is in and out', () => {
    const plans = Array.from({ length: 60 }, (_, seed) => swarm(seededPrng(seed), {}))
    for (const plan of plans) expect(Object.values(plan)).toContain(0)
    for (const kind of faultKinds.filter((name) => usualFaults[name] > 0)) {
      expect(plans.some((plan) => plan[kind] === 0)).toBe(true)
      expect(plans.some((plan) => plan[kind] > 0)).toBe(true)
    }
  })

  it('a strength that was given is not diced for', () => {
    const plan = swarm(seededPrng(1), { lostAnswer: 0.5, cloudCrash: 0 })
    expect(plan).toMatchObject({ lostAnswer: 0.5, cloudCrash: 0 })
  })
})

describe('the command line of the simulation', () => {
  it('takes seeds, sizes and named strengths', () => {
    const args = ['--seed', '7', '--seeds', '50', '--stations', '2', '--fault', 'lostAnswer=0.3']
    expect(readOptions(args, 99)).toMatchObject({
      ...{ seed: 7, seeds: 50, stations: 2, days: 3, plant: null },
      faults: { lostAnswer: 0.3 },
    })
    expect(readOptions([], 99)).toMatchObject({ seed: 99, seeds: 1 })
  })

  it('a failing seed is named by a command that runs the same world again', () => {
    const args = ['--seeds', '50', '--days', '2', '--fault', 'outage=3', '--plant', 'drop-fence']
    const options = readOptions(args, 99)
    if (typeof options === 'string') throw new Error(options)
    const again = commandOf(options, 120).split(' ').slice(4)
    const { seeds: _seeds, trace: _trace, ...world } = options
    expect(readOptions(again, 1)).toMatchObject({ ...world, seed: 120, seeds: 1, trace: true })
  })

  it('says what it does not know', () => {
    expect(readOptions(['--fault', 'rain=1'], 1)).toContain('--fault rain=1 is none of')
    expect(readOptions(['--plant', 'oak'], 1)).toContain('--plant is one of')
    expect(readOptions(['--seeds', 'many'], 1)).toBe('--seeds is a whole number')
  })
})
