import { describe, expect, it } from 'vitest'
import { seriesChoices } from '@baari/shared/domain/forecast/backtest/candidates'
import { forecastRun, type ForecastRun } from '@baari/shared/domain/forecast/backtest/forecast-run'
import { prepare } from '@baari/shared/domain/forecast/backtest/prepare'
import { fitterOf } from '@baari/shared/domain/forecast/pool/fit-job'
import { coverage, meanAbsolute } from '@baari/shared/domain/forecast/pool/scores'
import type { DemandTable } from '@baari/shared/domain/forecast/series/demand-table'
import { sliceTable, startMs, tableOf, waveDemand, withoutValues } from './wave-demand.ts'

function run(whole: DemandTable, cut: number): { run: ForecastRun; naive: Float64Array } {
  const prepared = prepare(
    {
      history: sliceTable(whole, 0, cut),
      future: withoutValues(sliceTable(whole, cut, whole.value.length)),
      actuals: sliceTable(whole, cut, whole.value.length),
    },
    1,
  )
  if (!prepared.ok) throw new Error(prepared.error.code)
  const fit = fitterOf(prepared.value.training)
  const fitting = forecastRun(prepared.value, 1)
  let step = fitting.next()
  while (step.done !== true) step = fitting.next(step.value.map(fit))
  return { run: step.value, naive: prepared.value.future.naive }
}

describe('a forecast from its history', () => {
  it('a day and a week with chance in them is forecast a tenth better than seasonal naive', () => {
    const whole = waveDemand(24 * 50)
    const cut = 24 * 40
    const { run: found, naive } = run(whole, cut)
    const actual = whole.value.slice(cut)
    const skill = 1 - meanAbsolute(actual, found.median) / meanAbsolute(actual, naive)
    expect(skill).toBeGreaterThan(0.1)
    expect(coverage(actual, found.low, found.high)).toBeGreaterThan(0.7)
    found.low.forEach((low, row) => {
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(found.median[row]!)
      expect(found.median[row]).toBeLessThanOrEqual(found.high[row]!)
    })
    const [choice] = seriesChoices(['one'], found.judged, found.combination)
    expect(choice?.candidates.map(({ name }) => name)).toContain('seasonal-naive')
  })

  it('a week that repeats exactly is left to seasonal naive', () => {
    const week = waveDemand(168).value
    const value = Float64Array.from({ length: 24 * 50 }, (_, hour) => week[hour % 168]!)
    const { run: found } = run(tableOf(value, startMs), 24 * 40)
    const [choice] = seriesChoices(['one'], found.judged, found.combination)
    expect(choice?.chosen).toBe('seasonal-naive')
    expect(meanAbsolute(value.slice(24 * 40), found.median)).toBe(0)
  })

  it('ten days of history are forecast without a learned model, every row finite', () => {
    const { run: found } = run(waveDemand(24 * 14), 24 * 10)
    expect(found.learned).toBeUndefined()
    for (const of of [found.mean, found.low, found.median, found.high]) {
      expect(of.every(Number.isFinite)).toBe(true)
    }
  })
})
