import { describe, expect, it } from 'vitest'
import { demandTargets, quarterMs } from '@baari/shared/domain/forecast/serving/station-demand'
import {
  arrivalsAhead,
  capForecast,
  classSharesOf,
  classWork,
  poissonQuantile,
} from '@baari/shared/domain/forecast/serving/walk-in-work'
import {
  weekForecast,
  type WeekForecast,
} from '@baari/shared/domain/forecast/serving/week-forecast'
import { weekQuestion } from '@baari/shared/domain/forecast/serving/week-question'
import { classMilliMinutes } from '@baari/shared/domain/slots/booked-work'
import { walkInWorkOf } from '@baari/shared/domain/slots/walk-in-forecast'
import { expectedVehicles, madeDemand } from '@baari/shared/testing/made-demand'
import { after, hours, instant, minutes } from '@baari/shared/units/time'

/** The forecast right after the last recorded quarter, without a model. */
function without(counts: ReturnType<typeof madeDemand>): WeekForecast {
  const now = instant(counts.at(-1)!.start + quarterMs)
  const question = weekQuestion({ station: 7, now, counts, manifest: undefined })
  if (!question.ok) return expect.fail(question.error.code)
  return weekForecast(question.value, undefined)
}

const long = madeDemand(42)
const forecast = without(long)
const madeAt = forecast.from
const by = { shares: classSharesOf(long), learned: classMilliMinutes, madeAt }

describe('the week ahead without a model', () => {
  it('after four weeks it is seasonal naive, every quarter of seven days in order', () => {
    expect(forecast.basis).toBe('seasonal-naive')
    expect(forecast.calibrated).toBe(true)
    for (const target of demandTargets) {
      expect(forecast.quarters[target]).toHaveLength(672)
      for (const { mean, q10, q50, q90 } of forecast.quarters[target]) {
        expect(q10).toBeGreaterThanOrEqual(0)
        expect(q10).toBeLessThanOrEqual(q50)
        expect(q50).toBeLessThanOrEqual(q90)
        expect(mean).toBeGreaterThanOrEqual(0)
      }
    }
    const median = forecast.quarters.arrivals.map(({ q50 }) => q50)
    expect(median[40]).toBeCloseTo(long[42 * 96 - 672 + 40]!.arrivals, 6)
  })

  it('the band covers about eight of ten outcomes of the days it was corrected by', () => {
    for (const target of demandTargets) {
      const { quarters, cover } = forecast.came[target]
      expect(quarters).toBeGreaterThan(1_000)
      expect(cover).toBeGreaterThan(0.74)
      expect(cover).toBeLessThan(0.92)
    }
  })

  it('below four weeks a profile pulled to the mean of all days stands in', () => {
    const young = without(madeDemand(9))
    expect(young).toMatchObject({ basis: 'shrunk-profile', calibrated: false, version: null })
    const noon = young.quarters.arrivals[12 * 4]!.mean
    const night = young.quarters.arrivals[2 * 4]!.mean
    expect(noon).toBeGreaterThan(0.5 * expectedVehicles(12 * 4))
    expect(night).toBeLessThan(0.5 * noon)
  })

  it('below three days nothing is said', () => {
    const counts = madeDemand(2)
    const now = instant(counts.at(-1)!.start + quarterMs)
    const question = weekQuestion({ station: 7, now, counts, manifest: undefined })
    expect(question).toEqual({ ok: false, error: { code: 'too_short' } })
  })

  it('quarters that were not recorded are unknown: last week being away, the week before counts', () => {
    const holed = long.filter((_, n) => n < 35 * 96 || n >= 36 * 96)
    const median = without(holed).quarters.arrivals.map(({ q50 }) => q50)
    // The first forecast day would repeat the lost one.
    expect(median[50]).toBeCloseTo(long[28 * 96 + 50]!.arrivals, 6)
  })
})

describe('the forecast for the cap', () => {
  it('P60 of a quarter is spread over its three cells, and goes stale after an hour', () => {
    const cap = capForecast(forecast, by)
    const noon = after(forecast.from, hours(12))
    const band = forecast.quarters.walkInWork[48]!
    const whole = walkInWorkOf(cap, madeAt)(noon)!
    const p60 = 1_000 * (band.q50 + 0.2 * (band.q90 - band.q50))
    expect(3 * whole).toBeGreaterThanOrEqual(Math.floor(p60))
    expect(3 * whole).toBeLessThanOrEqual(p60 + 6)
    expect(walkInWorkOf(cap, after(madeAt, minutes(61)))(noon)).toBeUndefined()
  })

  it('classes that take longer here make the same vehicles more work', () => {
    const slow = { ...classMilliMinutes, auto: classMilliMinutes.car, car: classMilliMinutes.lcv }
    const workOf = (own: typeof by): number =>
      capForecast(forecast, own).quarters.reduce((sum, { q50 }) => sum + q50, 0)
    expect(workOf({ ...by, learned: slow })).toBeGreaterThan(1.3 * workOf(by))
  })

  it('without outcomes behind its quantiles the mean stands in both', () => {
    const young = without(madeDemand(9))
    for (const { q50, q90 } of capForecast(young, by).quarters) expect(q90).toBe(q50)
  })

  it('the work of the classes adds up to all of it', () => {
    const band = forecast.quarters.walkInWork[48]!
    const parts = (['auto', 'car', 'lcv', 'bus'] as const).map((one) => classWork(band, one, by))
    expect(parts.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(band.mean, 6)
    for (const { q10, q50, q90 } of parts) {
      expect(q10).toBeLessThanOrEqual(q50)
      expect(q50).toBeLessThanOrEqual(q90)
    }
  })

  it('a Poisson count has its quantiles', () => {
    expect(poissonQuantile(0, 0.9)).toBe(0)
    expect(poissonQuantile(1, 0.5)).toBe(1)
    // P(N ≤ 14) = 0.917 and P(N ≤ 13) = 0.864 for a mean of 10.
    expect(poissonQuantile(10, 0.9)).toBe(14)
  })

  it('a screen is told the coming hours, whole vehicles with a band around them', () => {
    const ahead = arrivalsAhead(forecast, { now: after(forecast.from, hours(8)), hours: 4 })
    expect(ahead.map(({ start }) => start)).toEqual(
      [8, 9, 10, 11].map((hour) => after(forecast.from, hours(hour))),
    )
    for (const { expected, low, high } of ahead) {
      expect(low).toBeLessThanOrEqual(expected)
      expect(expected).toBeLessThanOrEqual(high)
      expect(Number.isInteger(expected)).toBe(true)
    }
  })
})
