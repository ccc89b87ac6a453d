import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { levelFactors } from '@baari/shared/domain/forecast/interval/level-bias'

const hour = 3_600_000
const dayMs = 24 * hour
const days = 60

/** Hours of which each brings `level` times what was forecast, with chance of a tenth either way. */
function told(levelOf: (day: number) => number) {
  const chance = seededChance(3)
  const at = Float64Array.from({ length: 24 * days }, (_, row) => row * hour)
  const mean = at.map((_, row) => 50 + 40 * Math.sin((row / 12) * Math.PI))
  const actual = mean.map((value, row) => {
    return value * levelOf(Math.floor(row / 24)) * (0.9 + 0.2 * chance())
  })
  return { at, actual, mean }
}

describe('the level of a forecast', () => {
  it('a forecast that lies a fifth below for weeks is raised by about a fifth', () => {
    const factors = levelFactors(
      told(() => 1.2),
      dayMs,
    )
    expect(factors.at(-1)).toBeGreaterThan(1.17)
    expect(factors.at(-1)).toBeLessThan(1.23)
    expect(factors.slice(0, 5 * 24).every((factor) => factor === 1)).toBe(true)
  })

  it('days above and below in turn change nothing, nor does one strange day', () => {
    const turns = levelFactors(
      told((day) => (day % 2 === 0 ? 1.2 : 1 / 1.2)),
      dayMs,
    )
    expect(Math.max(...turns)).toBeLessThan(1.001)
    expect(Math.min(...turns)).toBeGreaterThan(0.999)
    const storm = levelFactors(
      told((day) => (day === 40 ? 0.1 : day % 2 === 0 ? 1.05 : 1 / 1.05)),
      dayMs,
    )
    expect(Math.min(...storm)).toBeGreaterThan(0.999)
  })

  it('an outcome less than a day old changes no factor', () => {
    const whole = told((day) => (day < 30 ? 1 : 1.3))
    const changedAt = 35 * 24 + 7
    const actual = whole.actual.map((y, row) => (row >= changedAt ? y * 9 : y))
    const factors = levelFactors(whole, dayMs)
    const others = levelFactors({ ...whole, actual }, dayMs)
    const first = factors.findIndex((factor, row) => factor !== others[row])
    expect(first).toBeGreaterThanOrEqual(changedAt + 24)
    expect(first).toBeLessThan(changedAt + 72)
  })

  it('without outcomes nothing is corrected', () => {
    const whole = told(() => 2)
    const none = { ...whole, actual: whole.actual.fill(Number.NaN) }
    expect(levelFactors(none, dayMs).every((factor) => factor === 1)).toBe(true)
  })
})
