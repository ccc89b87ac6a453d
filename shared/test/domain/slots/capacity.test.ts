import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsOfHorizon, type StationPlanFacts } from '../../../src/domain/lease/station-cells.ts'
import {
  walkInGas,
  walkInWorkOf,
  type WalkInForecast,
} from '../../../src/domain/slots/walk-in-forecast.ts'
import { grams, noGrams } from '../../../src/units/mass.ts'
import { after, hours, instant, minutes } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'

const quarter = minutes(15)
const now = instant(1_760_000 * quarter)
const fresh = after(now, hours(1))

function forecastOf(q50: number, q90: number, quarters = 100): WalkInForecast {
  return {
    freshUntil: fresh,
    quarters: Array.from({ length: quarters }, (_, n) => ({
      start: instant(now + n * quarter),
      q50: milliMinutes(q50),
      q90: milliMinutes(q90),
    })),
  }
}

const facts: StationPlanFacts = {
  positionsNow: 4,
  positionsPlanned: 4,
  compressorGramsPerHour: grams(1_200_000),
  storedGrams: noGrams,
}

const horizonOf = (over: Partial<StationPlanFacts>, forecast: WalkInForecast | null = null) =>
  cellsOfHorizon([], { facts: { ...facts, ...over }, forecast, now }, false)

describe('W60', () => {
  it('is a third of the quarter’s q50 + 0.20·(q90 − q50), in whole milli-minutes, rounded up', () => {
    const work = walkInWorkOf(forecastOf(30_000, 40_000), now)
    expect(work(now)).toBe(Math.ceil(32_000 / 3))
    expect(work(instant(now + minutes(10)))).toBe(Math.ceil(32_000 / 3))
  })

  it('of a mean told in both quantiles is a third of the mean', () => {
    expect(walkInWorkOf(forecastOf(30_000, 30_000), now)(now)).toBe(10_000)
  })

  it('is unknown for a quarter that nobody forecast, and for all once the forecast is stale', () => {
    expect(walkInWorkOf(forecastOf(1, 1, 2), now)(instant(now + 2 * quarter))).toBeUndefined()
    expect(walkInWorkOf(forecastOf(1, 1), fresh)(now)).toBeUndefined()
    expect(walkInWorkOf(null, now)(now)).toBeUndefined()
  })
})

describe('the cells of a horizon', () => {
  it('without a forecast lie under the flat cap, whatever walk-ins there may be', () => {
    expect(new Set(horizonOf({}).map(({ bookable }) => bookable.work))).toEqual(new Set([10_000]))
  })

  it('with one leave walk-ins their minutes and their gas', () => {
    const [cell] = horizonOf({}, forecastOf(30_000, 40_000))
    const walkIn = milliMinutes(Math.ceil(32_000 / 3))
    expect(cell?.bookable).toEqual({
      work: Math.floor(20_000 * 0.92) - walkIn,
      gas: 90_000 - walkInGas(walkIn),
    })
  })

  it('at two positions α is 0.35 with a forecast and without', () => {
    const work = (forecast: WalkInForecast | null) =>
      horizonOf({ positionsNow: 2 }, forecast)[0]?.bookable.work
    expect([work(null), work(forecastOf(0, 0))]).toEqual([3_500, 3_500])
  })

  it('follow the positions that work now for four hours, and the plan from then on', () => {
    const cells = horizonOf({ positionsNow: 2 })
    expect(cells.filter(({ bookable }) => bookable.work === 3_500)).toHaveLength(48)
    expect(cells[48]?.bookable.work).toBe(10_000)
  })

  it('promise stored gas within the coming hour and no later, in steps of 5 kg a cell', () => {
    const stored = horizonOf({ storedGrams: grams(130_000) }).map(({ bookable }) => bookable.gas)
    expect(stored.slice(0, 13)).toEqual([...Array(12).fill(99_000), 90_000])
  })

  it('of a station without a working position promise neither work nor gas', () => {
    const [cell] = horizonOf({ positionsNow: 0, storedGrams: grams(500_000) })
    expect(cell?.bookable).toEqual({ work: 0, gas: 0 })
  })

  it('never promise more for more walk-ins, fewer positions or less gas', () => {
    const world = fc.record({
      positions: fc.integer({ min: 1, max: 12 }),
      q50: fc.nat(200_000),
      spread: fc.nat(100_000),
      stored: fc.nat(2_000_000),
      made: fc.nat(2_000_000),
    })
    fc.assert(
      fc.property(world, fc.nat(50_000), (at, more) => {
        const gas = { compressorGramsPerHour: grams(at.made), storedGrams: grams(at.stored) }
        const first = (positionsNow: number, q50: number, stored = gas.storedGrams) =>
          horizonOf(
            { ...gas, positionsNow, storedGrams: stored },
            forecastOf(q50, q50 + at.spread),
          )[0]?.bookable ?? { work: -1, gas: -1 }
        const here = first(at.positions, at.q50)
        const busier = first(at.positions, at.q50 + more)
        const larger = first(at.positions + 1, at.q50)
        const emptier = first(at.positions, at.q50, noGrams)
        expect(busier.work).toBeLessThanOrEqual(here.work)
        expect(busier.gas).toBeLessThanOrEqual(here.gas)
        expect(larger.work).toBeGreaterThanOrEqual(here.work)
        expect(emptier.gas).toBeLessThanOrEqual(here.gas)
      }),
    )
  })
})
