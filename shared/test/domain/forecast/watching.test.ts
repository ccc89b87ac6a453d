import { describe, expect, it } from 'vitest'
import { demandCounts } from '@baari/shared/domain/forecast/learning/censored-history'
import { stationDays, type SeriesDay } from '@baari/shared/domain/forecast/learning/day-scores'
import {
  demandTrend,
  mannKendall,
  theilSen,
} from '@baari/shared/domain/forecast/learning/demand-trend'
import {
  isFallenBack,
  stepAlarms,
  type OpenAlarm,
} from '@baari/shared/domain/forecast/learning/drift-alarms'
import {
  inputAlarms,
  inputsNow,
  watchInputs,
} from '@baari/shared/domain/forecast/learning/watched-inputs'
import type { FeatureTable } from '@baari/shared/domain/forecast/trees/feature-table'
import { madeDemand } from '@baari/shared/testing/made-demand'

describe('alarms about a model', () => {
  const day = (n: number, ratio: number) => ({ day: n, ratio, cover: 0.8, quarters: 288 })
  const worse: OpenAlarm = { kind: 'naive_better_three_days', version: 4, since: 10 }

  it('one that is open is not told again, one that is over is closed', () => {
    const first = stepAlarms([], { version: 4, day: 10, alarms: ['coverage_out'], days: [] })
    expect(first.opened).toEqual([{ kind: 'coverage_out', version: 4, since: 10 }])
    const again = { version: 4, day: 11, alarms: ['coverage_out' as const], days: [] }
    expect(stepAlarms(first.open, again)).toMatchObject({
      opened: [],
      closed: [],
      open: first.open,
    })
    const over = stepAlarms(first.open, { version: 4, day: 12, alarms: [], days: [] })
    expect(over).toMatchObject({ opened: [], closed: first.open, open: [] })
  })

  it('a station that fell back returns after a better week, and to another model at once', () => {
    const bad = [1.1, 0.9, 0.9, 0.9, 1.5, 1.2, 0.9].map((ratio, n) => day(n, ratio))
    const kept = stepAlarms([worse], { version: 4, day: 12, alarms: [], days: bad })
    expect(isFallenBack(kept.open, 4)).toBe(true)
    const good = Array.from({ length: 7 }, (_, n) => day(n, 0.8))
    const back = stepAlarms([worse], { version: 4, day: 20, alarms: [], days: good })
    expect(isFallenBack(back.open, 4)).toBe(false)
    const other = stepAlarms([worse], { version: 5, day: 12, alarms: [], days: [] })
    expect(isFallenBack(other.open, 5)).toBe(false)
  })
})

describe('days of a station', () => {
  const one = (n: number, error: number, quarters = 96): SeriesDay => {
    return { day: n, error, naiveError: 10, inside: 0.75 * quarters, quarters }
  }

  it('each series counts alike, and a day with half a record is left out', () => {
    const days = stationDays([
      [one(1, 5), one(2, 5)],
      [one(1, 15), one(2, 15, 20)],
    ])
    expect(days).toEqual([{ day: 1, ratio: 1, cover: 0.75, quarters: 192 }])
  })
})

describe('demand behind full slots', () => {
  it('who was turned away counts with the gas of a vehicle, walk-ins stay as they were', () => {
    const counts = madeDemand(28)
    const at = counts[96 * 10 + 40]!
    const unmet = new Map([[at.start, { unmet: 3, full: false }]])
    const demand = demandCounts(counts, unmet)
    const changed = demand.filter((count, n) => count !== counts[n])
    expect(changed).toHaveLength(1)
    expect(changed[0]).toMatchObject({ start: at.start, walkIns: at.walkIns })
    expect(changed[0]!.arrivals).toBe(at.arrivals + 3)
    const gas = (at.delivered * (at.arrivals + 3)) / at.arrivals
    expect(changed[0]!.delivered).toBe(Math.round(gas))
  })

  it('a full quarter below the usual is lifted to what is usual there, one above it stays', () => {
    const counts = madeDemand(28)
    const at = counts[96 * 10 + 40]!
    const others = counts.filter(({ start }) => (start - at.start) % (672 * 900_000) === 0)
    const low = counts.map((one) => (one === at ? { ...at, arrivals: 0 } : one))
    const full = new Map([[at.start, { unmet: 0, full: true }]])
    const usual = others.filter((one) => one !== at).reduce((sum, one) => sum + one.arrivals, 0) / 3
    const lifted = demandCounts(low, full).find(({ start }) => start === at.start)
    expect(lifted?.arrivals).toBeCloseTo(usual, 9)
    const high = counts.map((one) => (one === at ? { ...at, arrivals: 90 } : one))
    expect(demandCounts(high, full).find(({ start }) => start === at.start)?.arrivals).toBe(90)
  })
})

describe('inputs of a model', () => {
  const table = (values: readonly number[]): FeatureTable => {
    return { names: ['lagDay1'], rows: values.length, cells: Float32Array.from(values) }
  }
  const then = watchInputs(table(Array.from({ length: 900 }, (_, n) => n % 30)), ['lagDay1'])
  const alarms = (values: readonly number[]) => inputAlarms(then, inputsNow(then, [table(values)]))

  it('values that moved and values that are missing are told apart, the same ones raise nothing', () => {
    const same = Array.from({ length: 600 }, (_, n) => (n * 7) % 30)
    expect(alarms(same)).toEqual([])
    expect(alarms(same.map((value) => value + 12))).toEqual(['input_shifted'])
    expect(alarms(same.map((value, n) => (n % 5 === 0 ? Number.NaN : value)))).toEqual([
      'input_missing',
    ])
    expect(alarms([])).toEqual([])
  })
})

describe('the trend', () => {
  const days = (of: (n: number) => number, count = 140) =>
    Array.from({ length: count }, (_, n) => ({ day: 1_000 + n, value: of(n) }))

  it('a station that grows by one in a hundred a week has that slope, ratio and a small p', () => {
    const { ratio, slope, p } = demandTrend(days((n) => 1_000 * 1.01 ** (n / 7)))
    expect(ratio).toBeCloseTo(1.01 ** 4, 6)
    expect(slope).toBeCloseTo(0.01, 3)
    expect(p).toBeLessThan(0.001)
  })

  it('a closed week and a festival sway neither ratio nor slope', () => {
    const steady = (n: number): number => 1_000 + 100 * (n % 7)
    const { ratio, slope } = demandTrend(
      days((n) => (n >= 50 && n < 57 ? 0 : n > 120 && n < 126 ? 4_000 : steady(n))),
    )
    expect(ratio).toBeCloseTo(1, 6)
    expect(Math.abs(slope ?? 1)).toBeLessThan(0.005)
  })

  it('too short a record says nothing but its mean', () => {
    expect(demandTrend(days(() => 5, 20))).toMatchObject({ perDay: 5, ratio: null, p: null })
    expect(demandTrend([])).toMatchObject({ perDay: 0, ratio: null, slope: null, weeks: [] })
  })

  it('the test of Mann and Kendall and the slope are those of a worked example', () => {
    // Ten rising values: S = 45, variance 125, z = 44/√125 = 3.9355, two-sided p = 8.30e-5.
    const rising = Array.from({ length: 10 }, (_, n) => n)
    expect(mannKendall(rising)).toBeCloseTo(8.3e-5, 6)
    expect(mannKendall([3, 3, 3, 3])).toBe(1)
    expect(theilSen([0, 1, 9, 3].map((value, n) => ({ day: 7 * n, value })))).toBeCloseTo(1, 9)
  })
})
