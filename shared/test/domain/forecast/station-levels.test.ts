import { expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { stationLevels } from '@baari/shared/domain/forecast/serving/station-levels'
import { quarterMs, quartersPerDay } from '@baari/shared/domain/forecast/serving/station-demand'
import {
  weekQuestion,
  type WeekQuestion,
} from '@baari/shared/domain/forecast/serving/week-question'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { instant } from '@baari/shared/units/time'

/** The question of a station with six weeks behind it. */
function asked(): WeekQuestion {
  const counts = madeDemand(42)
  const now = instant(counts.at(-1)!.start + quarterMs)
  const question = weekQuestion({ station: 7, now, counts, manifest: undefined })
  return question.ok ? question.value : expect.fail(question.error.code)
}

const question = asked()
const [first = 0, ...others] = new Set(question.set.series)

/** What a model forecasts that takes one series for so much of what it is, and errs by a tenth. */
function meanAt(share: number): Float64Array {
  const chance = seededChance(5)
  return question.set.target.map((value, row) => {
    const told = row < question.judged ? value : 4
    return told * (question.set.series[row] === first ? share : 1) * (0.9 + 0.2 * chance())
  })
}

const factorsOf = (factors: Float64Array, series: number): readonly number[] =>
  [...factors].filter((_, row) => row >= question.judged && question.set.series[row] === series)

it('the week ahead is raised to the level of the days that came, of its own series alone', () => {
  const factors = stationLevels(question, meanAt(1 / 1.25))
  const own = factorsOf(factors, first)
  expect(own).toHaveLength(7 * quartersPerDay)
  expect(new Set(own).size).toBe(1)
  expect(own[0]).toBeGreaterThan(1.2)
  expect(own[0]).toBeLessThan(1.3)
  for (const series of others) {
    for (const factor of factorsOf(factors, series)) expect(factor).toBeCloseTo(1, 1)
  }
})

it('what the model takes rightly is left as it is', () => {
  for (const factor of stationLevels(question, meanAt(1))) expect(factor).toBeCloseTo(1, 1)
})
