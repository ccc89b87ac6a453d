import { manualClock } from '@baari/shared/testing/manual-clock'
import { grams } from '@baari/shared/units/mass'
import { positionNo } from '@baari/shared/units/names'
import { millibar } from '@baari/shared/units/pressure'
import { millis } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { HoseWatch } from '../../../src/app/safety/hose-watch.ts'
import type { Quality } from '../../../src/domain/safety/safety-readings.ts'

const rule = { flowGramsPerS: 900, dropMbar: millibar(5_000), within: millis(3_000) }

/** Two seconds of a fill with this flow, and a bank that falls so fast. */
function twoSeconds(gramsPerS: number, mbarPerS: number, quality: Quality = 'good'): boolean {
  const clock = manualClock()
  let sale = 0
  let pressure = 200_000
  const watch = new HoseWatch({
    rule,
    clock,
    bank: () => ({ reading: { value: millibar(pressure), quality }, minMbar: millibar(120_000) }),
    fills: () => [
      { no: positionNo(1), grams: grams(sale) },
      { no: positionNo(2), grams: null },
    ],
  })
  let broken = watch.broken()
  for (let look = 0; look < 20; look += 1) {
    clock.advance(millis(100))
    sale += gramsPerS / 10
    pressure -= mbarPerS / 10
    broken = watch.broken() || broken
  }
  return broken
}

describe('a torn hose', () => {
  it('X06 high flow while the pressure falls is a torn hose', () => {
    expect(twoSeconds(1_500, 4_000)).toBe(true)
  })

  it.each([
    ['high flow at a steady pressure', 1_500, 0],
    ['an ordinary fill while the banks change', 300, 10_000],
    ['an ordinary fill', 300, 200],
  ])('X06 %s is none', (_, flow, drop) => {
    expect(twoSeconds(flow, drop)).toBe(false)
  })

  it('X06 a pressure nobody can trust decides nothing here: stale is unsafe by its own rule', () => {
    expect(twoSeconds(1_500, 4_000, 'stale')).toBe(false)
  })

  it('X06 it is seen as well when other sensors ask a thousand times in between', () => {
    const clock = manualClock()
    let sale = 0
    let pressure = 200_000
    const watch = new HoseWatch({
      rule,
      clock,
      bank: () => ({
        reading: { value: millibar(pressure), quality: 'good' },
        minMbar: millibar(120_000),
      }),
      fills: () => [{ no: positionNo(1), grams: grams(sale) }],
    })
    for (let step = 0; step < 3_000; step += 1) {
      clock.advance(millis(1))
      if (step % 10 === 0) {
        sale += 15
        pressure -= 40
      }
      watch.broken()
    }
    expect(watch.broken()).toBe(true)
  })

  it('a next fill that starts at zero is no backward flow', () => {
    const clock = manualClock()
    let sale = 40_000
    const watch = new HoseWatch({
      rule,
      clock,
      bank: () => null,
      fills: () => [{ no: positionNo(1), grams: grams(sale) }],
    })
    watch.broken()
    clock.advance(millis(1_000))
    sale = 0
    expect(watch.broken()).toBe(false)
  })
})
