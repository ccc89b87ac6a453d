import { describe, expect, it } from 'vitest'
import type { QuarterCount } from '@baari/shared/domain/forecast/serving/station-demand'
import {
  demandTables,
  demandTargets,
  quarterMs,
  usualOf,
} from '@baari/shared/domain/forecast/serving/station-demand'
import type { KeptRows } from '@baari/shared/domain/forecast/serving/kept-rows'
import { modelOutputs } from '@baari/shared/domain/forecast/onnx/forecast-model'
import { runTrees } from '@baari/shared/domain/forecast/serving/run-trees'
import { weekForecast } from '@baari/shared/domain/forecast/serving/week-forecast'
import { rowsToKeep, weekMembers } from '@baari/shared/domain/forecast/serving/week-members'
import { weekQuestion } from '@baari/shared/domain/forecast/serving/week-question'
import { present } from '@baari/shared/faults/assert'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { bundleOf, trainSmall } from '@baari/shared/testing/signed-bundle'
import { grams } from '@baari/shared/units/mass'
import { instant } from '@baari/shared/units/time'

const station = 7
const counts = madeDemand(64)
const read = 56 * 96
const trainedOn = counts.slice(0, 40 * 96)
const usual = usualOf(trainedOn)
const made = trainSmall(
  {
    ...demandTables(
      [{ station, counts: trainedOn, usual }],
      instant(trainedOn.at(-1)!.start + quarterMs),
    ),
    stepMs: quarterMs,
  },
  6,
  2,
)
const { manifest } = bundleOf(made, { usual: demandTargets.map((target) => usual[target]) })
const { members: trained } = present(made.run.learned, 'a learned model')
const outputs = modelOutputs(trained, made.run.combination)

/** The week after the last of the counts, what is kept of it, and how many rows the model was asked. */
function weekOf(own: readonly QuarterCount[], kept?: KeptRows) {
  const now = instant(own.at(-1)!.start + quarterMs)
  const asked = weekQuestion({ station, now, counts: own, manifest }, kept)
  const question = asked.ok ? asked.value : expect.fail(asked.error.code)
  const answers = runTrees(outputs, question.table)
  const members = present(weekMembers(question, manifest.recipe, answers), 'the same members')
  return {
    asked: question.table.rows,
    // As text, which tells every bit of a number, and is compared sooner than two thousand bands.
    forecast: JSON.stringify(weekForecast(question, { manifest, members })),
    kept: rowsToKeep(question, members),
  }
}

const upTo = (end: number, from = counts): readonly QuarterCount[] => from.slice(end - read, end)

describe('a week made of what was kept of an earlier one', () => {
  it('is the week made anew, to the bit, and asks the model a few rows only', () => {
    let kept = weekOf(upTo(62 * 96)).kept
    // A quarter hour, several, over a midnight, and after a night without the node.
    for (const later of [1, 2, 40, 97]) {
      const own = upTo(62 * 96 + later)
      const anew = weekOf(own)
      const week = weekOf(own, kept)
      expect(week.forecast).toBe(anew.forecast)
      expect(anew.asked).toBeGreaterThan(5_000)
      expect(week.asked).toBeLessThan(30 * 60)
      if (later < 3) expect(week.asked).toBeLessThan(40)
      kept = week.kept
    }
  })

  it('a reading that was corrected since is read: the rows it touches are made anew', () => {
    const { kept } = weekOf(upTo(62 * 96))
    for (const back of [100, 3_000]) {
      const corrected = counts.map((count, n) =>
        n === 62 * 96 - back ? { ...count, delivered: grams(count.delivered + 40_000) } : count,
      )
      const own = upTo(62 * 96 + 1, corrected)
      const week = weekOf(own, kept)
      expect(week.forecast).toBe(weekOf(own).forecast)
      expect(week.asked).toBeGreaterThan(100)
    }
  })

  it('so is one that became unknown, and a node that was off for a day', () => {
    const { kept } = weekOf(upTo(62 * 96))
    const holed = counts.filter((_, n) => n < 60 * 96 || n >= 60 * 96 + 5)
    const own = holed.slice(-read)
    expect(weekOf(own, kept).forecast).toBe(weekOf(own).forecast)
    const off = counts.filter((_, n) => n < 62 * 96 || n >= 63 * 96).slice(-read)
    expect(weekOf(off, kept).forecast).toBe(weekOf(off).forecast)
  })

  it('nothing is taken of a series in other units, or of a clock that was months off', () => {
    const { kept } = weekOf(upTo(62 * 96))
    const own = upTo(62 * 96 + 1)
    const anew = weekOf(own)
    const half = kept.readings.map(({ startMs, values }) => {
      return { startMs, values: values.map((value) => value / 2) }
    })
    const late = kept.readings.map(({ startMs, values }) => {
      return { startMs: startMs + 120 * 86_400_000, values }
    })
    for (const readings of [half, late, []]) {
      const week = weekOf(own, { ...kept, readings })
      expect(week.forecast).toBe(anew.forecast)
      // Night hours without a vehicle are the same in any unit.
      expect(week.asked).toBeGreaterThan(0.9 * anew.asked)
    }
  })

  it('of another model’s members nothing is used', () => {
    const { kept } = weekOf(upTo(62 * 96))
    const own = upTo(62 * 96 + 1)
    const now = instant(own.at(-1)!.start + quarterMs)
    const asked = weekQuestion(
      { station, now, counts: own, manifest },
      { ...kept, members: kept.members.slice(1), forecasts: kept.forecasts.slice(1) },
    )
    const question = asked.ok ? asked.value : expect.fail(asked.error.code)
    const answers = runTrees(outputs, question.table)
    expect(weekMembers(question, manifest.recipe, answers)).toBeUndefined()
  })
})
