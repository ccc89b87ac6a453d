import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { demandBehind } from '@baari/shared/domain/forecast/learning/censored'
import {
  driftOf,
  pageHinkley,
  stabilityIndex,
  stabilityMax,
  type DayScore,
} from '@baari/shared/domain/forecast/learning/drift'
import { judgeChallenger, type GateFacts } from '@baari/shared/domain/forecast/learning/gate'
import type { JudgedRow } from '@baari/shared/domain/forecast/learning/judged-row'

const facts: GateFacts = {
  ...{ parityWrong: 0, parityRows: 900, weekMs: 40, loadMs: 20 },
  ...{ origins: 4, madeHoldOut: false, seed: 1 },
}

type Scatter = { readonly champion: number; readonly challenger: number; readonly naive?: number }

/** Four weeks of two stations; forecasts are off by so much at random, bands are ±1.28 of 10. */
function fourWeeks({ champion, challenger, naive = 20 }: Scatter, seed = 3): JudgedRow[] {
  const chance = seededChance(seed)
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())
  return Array.from({ length: 2 * 28 * 24 }, (_, n): JudgedRow => {
    const [level, noise] = [50, 10 * normal()]
    const band = (off: number) => {
      const q50 = level + off * normal()
      return { q10: q50 - 12.8, q50, q90: q50 + 12.8 }
    }
    return {
      ...{ station: n % 2, series: `${n % 2}/kilograms` },
      ...{ day: Math.floor(n / 48), event: false, actual: level + noise },
      ...{ champion: band(champion), challenger: band(challenger) },
      naive: level + naive * normal(),
    }
  })
}

describe('the gate', () => {
  it('a challenger that errs less on the same rows passes', () => {
    const verdict = judgeChallenger(fourWeeks({ champion: 6, challenger: 1 }), facts)
    expect(verdict).toMatchObject({ passes: true, reasons: [] })
    expect(verdict.gain.low).toBeGreaterThan(0)
    expect(verdict.gain.mean).toBeGreaterThan(verdict.gain.low)
  })

  it('one that only looks better by chance does not: most of twenty equal pairs are held back', () => {
    const passed = Array.from({ length: 20 }, (_, seed) =>
      judgeChallenger(fourWeeks({ champion: 3, challenger: 3 }, seed + 10), facts),
    ).filter(({ passes }) => passes)
    expect(passed.length).toBeLessThanOrEqual(6)
  })

  it('each of the other conditions holds it back by its name', () => {
    const good = fourWeeks({ champion: 6, challenger: 1 })
    const reasons = (rows: readonly JudgedRow[], more: Partial<GateFacts> = {}) =>
      judgeChallenger(rows, { ...facts, ...more }).reasons
    expect(reasons(good, { origins: 3 })).toEqual(['too_few_origins'])
    expect(reasons([])).toContain('too_few_origins')
    expect(reasons(good, { madeHoldOut: true })).toEqual(['hold_out_made'])
    expect(reasons(good, { parityWrong: 1 })).toEqual(['parity_wrong'])
    expect(reasons(good, { parityRows: 0 })).toEqual(['parity_unmeasured'])
    expect(reasons(good, { weekMs: 101 })).toEqual(['too_slow'])
    expect(reasons(good, { loadMs: 101 })).toEqual(['too_slow'])
    expect(reasons(fourWeeks({ champion: 1, challenger: 6 }))).toContain('no_gain')
    expect(reasons(good.map((row) => ({ ...row, naive: row.actual })))).toEqual(['naive_better'])
    const narrow = good.map((row) => {
      const { q50 } = row.challenger
      return { ...row, challenger: { q10: q50 - 5, q50, q90: q50 + 5 } }
    })
    expect(reasons(narrow)).toContain('coverage_out')
  })

  it('a small gain that one station pays for is held back', () => {
    const rows = fourWeeks({ champion: 4, challenger: 4 }).map((row) => {
      const better = row.station === 0
      // One station gains on some days only, so that the bootstrap is not sure; the other loses.
      const shift = better ? (row.day % 5 === 0 ? -0.9 : -0.02) : 0.25
      const { q50 } = row.champion
      const moved = row.actual + (q50 - row.actual) * (1 + shift)
      return { ...row, challenger: { q10: moved - 12.8, q50: moved, q90: moved + 12.8 } }
    })
    const { reasons } = judgeChallenger(rows, facts)
    expect(reasons.some((one) => one === 'station_worse' || one === 'no_gain')).toBe(true)
  })

  it('days of events are left out', () => {
    const rows = fourWeeks({ champion: 6, challenger: 1 }).map((row) =>
      row.day === 5 ? { ...row, event: true, actual: 500 } : row,
    )
    const { passes, rows: judged } = judgeChallenger(rows, facts)
    expect(passes).toBe(true)
    expect(judged).toBe(rows.length - 48)
  })
})

describe('drift', () => {
  const day = (ratio: number, cover = 0.8): DayScore => ({ ratio, cover, quarters: 96 })
  const steady = Array.from({ length: 40 }, (_, n) => day(0.7 + 0.05 * Math.sin(n)))

  it('days like those before raise nothing', () => {
    expect(driftOf(steady)).toEqual({ alarms: [], widen: 1, retrain: false, fallBack: false })
  })

  it('a mean that has risen is found within a week, one that swings is not', () => {
    const risen = [...steady, ...Array.from({ length: 7 }, () => day(0.9))]
    expect(driftOf(risen)).toMatchObject({ alarms: ['ratio_rising'], retrain: true })
    expect(pageHinkley(Array.from({ length: 60 }, (_, n) => 0.7 + 0.1 * (-1) ** n))).toBe(false)
  })

  it('a week that covers too little widens the bands at once', () => {
    const narrow = [...steady, ...Array.from({ length: 7 }, () => day(0.7, 0.6))]
    const { alarms, widen } = driftOf(narrow)
    expect(alarms).toContain('coverage_out')
    expect(widen).toBeCloseTo(0.8 / 0.6, 6)
  })

  it('after three days worse than seasonal naive the station falls back to it', () => {
    const worse = [...steady, day(1.1), day(1.2), day(1.05)]
    expect(driftOf(worse)).toMatchObject({ fallBack: true })
    expect(driftOf([...steady, day(1.1), day(0.9), day(1.05)])).toMatchObject({ fallBack: false })
    const on = (n: number): DayScore => ({ ...day(1.1), day: n })
    expect(driftOf([on(1), on(2), on(4)])).toMatchObject({ fallBack: true })
    expect(driftOf([on(1), on(2), on(9)])).toMatchObject({ fallBack: false })
  })

  it('a covariate that is no longer what it was passes 0.2, the same one does not', () => {
    const chance = seededChance(1)
    const drawn = (shift: number) => Array.from({ length: 500 }, () => chance() + shift)
    const then = drawn(0)
    expect(stabilityIndex(then, drawn(0))).toBeLessThan(stabilityMax)
    expect(stabilityIndex(then, drawn(0.5))).toBeGreaterThan(stabilityMax)
    expect(stabilityIndex(then, [])).toBe(0)
  })
})

describe('demand behind full slots', () => {
  it('whoever was turned away counts, and what was not full is believed', () => {
    expect(demandBehind({ came: 4, unmet: 2, full: false, expected: 9 })).toBe(6)
  })

  it('a full quarter is a lower bound: the mean of what is at least as large', () => {
    // Poisson 5: E[N | N ≥ 3] = 5·P(N ≥ 2)/P(N ≥ 3) = 5·0.95957/0.87535.
    expect(demandBehind({ came: 3, unmet: 0, full: true, expected: 5 })).toBeCloseTo(5.481, 3)
    expect(demandBehind({ came: 0, unmet: 0, full: true, expected: 5 })).toBe(5)
    expect(demandBehind({ came: 90, unmet: 0, full: true, expected: 5 })).toBe(90)
  })
})
