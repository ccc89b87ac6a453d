import { describe, expect, it } from 'vitest'
import { recommendedConfig } from '../../../src/domain/dispatch/dispatch-config.ts'
import { sellDay } from '../../../src/domain/twin/booking-desk.ts'
import { dayRun } from '../../../src/domain/twin/day-run.ts'
import { grantOf, SlotGrid, workOf } from '../../../src/domain/twin/slot-grid.ts'
import { closes, opens, wishersOf, type TwoPeakDay } from '../../../src/domain/twin/two-peak-day.ts'
import { usualShares } from '../../../src/domain/twin/visit.ts'
import { after, minutes } from '../../../src/units/time.ts'
import { milliMinutes } from '../../../src/units/work.ts'
import { seed } from './day-of-test.ts'

const day: TwoPeakDay = {
  ...{ positions: 4, load: 0.8, bookedShare: 0.5, noShow: 0.1, punctualityMinutes: 5 },
  ...{ shares: usualShares, stagingNoise: true, forecastError: 0, cap: 'forecast' },
}
const outage = { position: 4, fromMinute: 17.5 * 60, toMinute: 19.5 * 60, retime: true, consent: 1 }
const rule = { config: recommendedConfig, staging: true }
const nine = after(opens, minutes(240))
const car = { work: workOf('car', 0.1), notBefore: opens, reach: minutes(120) }

describe('the day’s slots', () => {
  it('the nearest window with room is sold, the earlier one on ties', () => {
    const grid = new SlotGrid((start) => milliMinutes(start === nine ? 0 : 1_000))
    const first = grid.sell(after(nine, minutes(5)), car)
    expect(first?.windowStart).toBe(nine)
    expect(first?.taken.reduce((sum, { work }) => sum + work, 0)).toBe(car.work)
  })

  it('a cell never has more sold than granted, and what is released is free again', () => {
    const grid = new SlotGrid(() => milliMinutes(5_000))
    const sold = Array.from({ length: 500 }, () => grid.sell(nine, car)).filter(Boolean)
    expect(grid.sell(nine, car)).toBeUndefined()
    // Windows from −120 to +120 min reach cells over 265 min: 53 cells of five minutes' work.
    expect(sold.length).toBeLessThanOrEqual(Math.floor((53 + 1) * (5_000 / car.work)))
    grid.release(sold[0]!.taken)
    expect(grid.sell(nine, car)).toBeDefined()
  })

  it('a station that knows no forecast grants half of its time', () => {
    expect(grantOf(4, undefined)).toBe(10_000)
    expect(grantOf(4, 10)).toBe(8_400)
  })
})

describe('a two-peak day', () => {
  it('arrivals lie between opening and closing, as many as the load asks for', () => {
    const counts = [0, 1, 2, 3].map((replication) => {
      const wishers = wishersOf(day, { seed: 3, replication })
      expect(wishers.every(({ wish }) => wish >= opens && wish < closes)).toBe(true)
      return wishers.length
    })
    // Mean 0.8 · 4 · 18 h / 4.18 min = 827; four days of Poisson arrivals lie within 60 of it.
    const mean = counts.reduce((a, b) => a + b) / 4
    expect(Math.abs(mean - 827)).toBeLessThan(60)
  })

  it('the rule with slots shortens the mean wait and the longest queue of a crowded day', () => {
    const run = dayRun(day, rule, seed)
    expect(run.rec.allMean).toBeLessThan(run.b.allMean)
    expect(run.longestQueue).toBeLessThan(run.longestQueueB)
    expect(run).toEqual(dayRun(day, rule, seed))
  })

  it('after a position fails its bookings are told within two minutes and moved past the backlog', () => {
    const wishers = wishersOf(day, seed)
    const { offers, windows } = sellDay({ ...day, outage }, wishers, seed)
    const moved = offers.filter(({ windowStart }) => windowStart !== undefined)
    expect(offers.length).toBeGreaterThan(10)
    expect(moved.length).toBeGreaterThan(3)
    for (const { n, windowStart } of moved) {
      expect(windowStart).toBeGreaterThanOrEqual(after(opens, minutes((19.5 - 5) * 60)))
      expect(windows.get(n)).toBe(windowStart)
    }
    const run = dayRun({ ...day, outage }, rule, seed)
    expect(run.toldMinutes).toBeLessThanOrEqual(2)
    expect(run.silentlyLate).toBe(0)
  })

  it('without consent nobody is moved, but everybody affected is told', () => {
    const { offers } = sellDay(
      { ...day, outage: { ...outage, consent: 0 } },
      wishersOf(day, seed),
      seed,
    )
    expect(offers.length).toBeGreaterThan(10)
    expect(offers.every(({ windowStart }) => windowStart === undefined)).toBe(true)
  })
})
