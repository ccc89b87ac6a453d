import { describe, expect, it } from 'vitest'
import {
  clearHoles,
  clearImplausible,
  limitsOf,
} from '@baari/shared/domain/forecast/series/clean-values'
import { layGrid } from '@baari/shared/domain/forecast/series/lay-grid'
import { hourMs, tableOf, startMs, waveDemand, withoutValues } from './wave-demand.ts'

describe('dirty values', () => {
  it('negative values and a counter that ran wild become unknown; a rush stays', () => {
    const values = waveDemand(24 * 30).value
    values[100] = -3
    values[200] = 5_000
    values[300] = 90
    const counted = clearImplausible(values, limitsOf(values))
    expect(counted).toEqual({ negative: 1, outlier: 1 })
    expect([values[100], values[200], values[300]]).toEqual([NaN, NaN, 90])
  })

  it('ten silent days are a hole of the recording, a closed weekend is not', () => {
    const values = waveDemand(24 * 60).value
    values.fill(0, 24 * 20, 24 * 30)
    values.fill(0, 24 * 47, 24 * 49)
    expect(clearHoles(values, hourMs)).toBe(240)
    expect(values[24 * 25]).toBeNaN()
    expect(values[24 * 47 + 5]).toBe(0)
  })

  it('a series of rare events keeps its silent days', () => {
    const values = new Float64Array(24 * 60)
    for (let day = 0; day < 60; day += 9) values[24 * day + 8] = 1
    expect(clearHoles(values, hourMs)).toBe(0)
  })

  it('rows out of order are sorted, and of two rows for one hour the later counts', () => {
    const clean = waveDemand(24 * 10)
    const order = [...clean.at.keys()].reverse()
    const rows = [...order, 50]
    const history = {
      ...clean,
      seriesOf: new Int32Array(rows.length),
      at: Float64Array.from(rows, (row) => clean.at[row]!),
      offsetMinutes: new Int16Array(rows.length),
      value: Float64Array.from(rows, (row, at) =>
        at === rows.length - 1 ? 77 : clean.value[row]!,
      ),
    }
    const future = withoutValues(tableOf(new Float64Array(24), startMs + 240 * hourMs))
    const laid = layGrid({ history, future })
    if (!laid.ok) throw new Error(laid.error.code)
    const { grids, cleaned } = laid.value
    expect(grids[0]?.values[50]).toBe(77)
    expect(grids[0]?.values[51]).toBe(clean.value[51])
    expect(cleaned.duplicate).toBe(1)
  })

  it('a value between two steps counts at the later one, so that it is never used early', () => {
    const clean = waveDemand(24 * 10)
    const history = { ...clean, at: clean.at.map((at, row) => (row === 99 ? at + 600_000 : at)) }
    const future = withoutValues(tableOf(new Float64Array(24), startMs + 240 * hourMs))
    const laid = layGrid({ history, future })
    if (!laid.ok) throw new Error(laid.error.code)
    expect(laid.value.grids[0]?.values[99]).toBeNaN()
  })
})
