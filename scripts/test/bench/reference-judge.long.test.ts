import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import { streamsOf, type Stream } from '@baari/shared/domain/twin/chance'
import { play, type PolicyName } from '@baari/shared/domain/twin/policies'
import { pooledFifo } from '@baari/shared/domain/twin/pooled-fifo'
import { meanOf } from '@baari/shared/domain/twin/statistics'
import { steadyTraffic, type SteadyTraffic } from '@baari/shared/domain/twin/steady-state'
import { simInstant, usualShares, type Visit } from '@baari/shared/domain/twin/visit'
import { waitsOf, type Waits } from '@baari/shared/domain/twin/waits'
import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { comparedOf } from '../../bench/twin/reference-checks.ts'
import { outsideOf, type Compared } from '../../bench/twin/reference-judge.ts'
import { referenceCells, tableLength } from '../../bench/twin/reference-table.ts'

const { replications, days, warmUpDays } = tableLength
const figures = 276

/** A mean of 24 draws from the same kind of chance on both sides, `off` standard errors apart. */
function drawn(random: Stream, name: string, off = 0): Compared {
  const side = () => meanOf(Array.from({ length: replications }, () => 10 + waitLike(random)))
  const [theirs, ours] = [side(), side()]
  const half = theirs.high - theirs.mean
  const shift = off * Math.hypot(half, ours.high - ours.mean)
  const table = { mean: theirs.mean + shift, half, step: 0.001 }
  return { name, table, ours, replications }
}

/** Skewed as waits near saturation are: exponential. */
const waitLike = (random: Stream): number => -Math.log(1 - random())

const namesOf = (all: readonly Compared[]) => outsideOf(all).map(({ name }) => name)

describe('the judge of the reference figures', () => {
  const family = (seed: number, planted?: { readonly at: number; readonly off: number }) => {
    const random = streamsOf({ seed, replication: 0 })('lanes')
    return Array.from({ length: figures }, (_, i) =>
      drawn(random, String(i), planted?.at === i ? planted.off : 0),
    )
  }

  it('of a hundred right families, with a dozen figures beyond 95 % in each, hardly one is refused', () => {
    const refused = Array.from({ length: 100 }, (_, seed) => outsideOf(family(seed)).length > 0)
    expect(refused.filter(Boolean).length).toBeLessThanOrEqual(3)
  })

  it('one wrong figure among 276 is found, and no other one is named', () => {
    for (const seed of [1, 2, 3]) expect(namesOf(family(seed, { at: 7, off: 4 }))).toEqual(['7'])
  })

  it('two figures of the same table cannot differ by less than its rounding', () => {
    const table = { mean: 0.3, half: 0, step: 0.1 }
    const one = (mean: number) => ({
      ...{ name: String(mean), table, replications },
      ours: { mean, low: mean - 0.01, high: mean + 0.01 },
    })
    expect(namesOf([one(0.25), one(0.35), one(0.6), one(0.05)])).toEqual(['0.6', '0.05'])
  })

  it('a figure that is none lies outside, one replication alone proves nothing', () => {
    const table = { mean: 5, half: 0.1, step: 0.1 }
    const none = { name: 'none', table, ours: meanOf([NaN, NaN]), replications: 2 }
    const alone = { name: 'alone', table, ours: meanOf([50]), replications: 1 }
    expect(namesOf([none, alone])).toEqual(['none'])
  })
})

type Station = { readonly traffic: SteadyTraffic; readonly setting: Parameters<typeof play>[2] }
type Run = Partial<Record<PolicyName, Waits>>

const positions = 4
const load = 0.7

/** The table's own station and length; only some of its policies. */
const stations = Array.from({ length: replications }, (_, replication): Station => {
  const seed = { seed: 1, replication }
  const scenario = {
    ...{ positions, load, days, bookedShare: 0.5, noShow: 0.1, punctualityMinutes: 5 },
    ...{ shares: usualShares, stagingNoise: false },
  }
  const setting = { positions, seed, rule: recommendedConfig, staging: false }
  return { traffic: steadyTraffic(scenario, seed), setting }
})

const measured = {
  from: simInstant(warmUpDays * 86_400_000),
  to: simInstant(days * 86_400_000),
}

function waitsUnder(policy: PolicyName, { traffic, setting }: Station): Run {
  const { visits, starts } = play(policy, traffic, setting)
  return { [policy]: waitsOf(visits, starts, measured) }
}

/** The rest of the family is as printed: the bound is that of the whole table. */
function outsideIn(runs: readonly Run[]): readonly string[] {
  const all = referenceCells().flatMap((cell): readonly Compared[] => {
    const here = cell.positions === positions && cell.load === load
    const played = here && runs.some((run) => cell.policy in run)
    if (played) return comparedOf(cell, runs)
    return comparedOf(cell, []).map((one) => ({ ...one, ours: asPrinted(one), replications }))
  })
  expect(all).toHaveLength(figures)
  return namesOf(all)
}

function asPrinted({ table: { mean, half } }: Compared): Compared['ours'] {
  return { mean, low: mean - half, high: mean + half }
}

describe('a planted error in the twin is found at one station alone', () => {
  const longer = (visit: Visit): Visit => ({
    ...visit,
    service: millis(Math.round(visit.service * 1.05)),
  })

  it('without one, no figure lies outside', () => {
    const runs = stations.map((it) => ({ ...waitsUnder('B', it), ...waitsUnder('C1', it) }))
    expect(outsideIn(runs)).toEqual([])
  })

  it('services 5 % longer', () => {
    const runs = stations.map(({ traffic, setting }) => {
      const unbooked = traffic.unbooked.map(longer)
      return waitsUnder('B', { traffic: { ...traffic, unbooked }, setting })
    })
    expect(outsideIn(runs)).toContain('c=4 ρ=0.7 B allMean')
  })

  it('a split that gives one position too many to booked vehicles', () => {
    // Half the replications: the walk-ins' line only grows, and measuring it takes long.
    const runs = stations.slice(0, 12).map((it) => {
      const walkIns = it.traffic.visits.filter(({ windowStart }) => windowStart === undefined)
      const starts = pooledFifo(walkIns, { positions: positions / 2 - 1 })
      return { C1: waitsOf(walkIns, starts, measured) }
    })
    expect(outsideIn(runs)).toContain('c=4 ρ=0.7 C1 walkInMean')
  })
})
