import { describe, expect, it } from 'vitest'
import { prepare } from '@baari/shared/domain/forecast/backtest/prepare'
import type { DemandTable } from '@baari/shared/domain/forecast/series/demand-table'
import { hourMs, sliceTable, startMs, tableOf, waveDemand, withoutValues } from './wave-demand.ts'

function prepared(whole: DemandTable, cut: number, actuals = sliceTable(whole, cut, 9_999)) {
  const history = sliceTable(whole, 0, cut)
  const future = withoutValues(sliceTable(whole, cut, whole.value.length))
  const found = prepare({ history, future, actuals }, 1)
  if (!found.ok) throw new Error(found.error.code)
  return found.value
}

describe('the feature function', () => {
  const whole = waveDemand(24 * 40)
  const cut = 24 * 30

  it('no feature of a row changes with a value less than a day older than the row', () => {
    const before = prepared(whole, cut).future.plain
    const changedAt = cut + 24 * 4
    const altered = whole.value.map((value, hour) => (hour >= changedAt ? value + 100 : value))
    const after = prepared({ ...whole, value: altered }, cut).future.plain
    const rows = before.rows
    const changed = new Set<number>()
    before.cells.forEach((value, at) => {
      if (!Object.is(value, after.cells[at])) changed.add(cut + (at % rows))
    })
    expect(Math.min(...changed)).toBe(changedAt + 24)
  })

  it('the lags are the values of the day and the week before', () => {
    const { plain } = prepared(whole, cut).future
    const row = 30
    const cell = (name: string): number | undefined =>
      plain.cells[plain.names.indexOf(name) * plain.rows + row]
    expect(cell('lagDay1')).toBe(whole.value[cut + row - 24])
    expect(cell('lagWeek1')).toBe(whole.value[cut + row - 168])
  })

  it('without actuals a row further ahead reads older values, and says how far it reaches', () => {
    const history = sliceTable(whole, 0, cut)
    const future = withoutValues(sliceTable(whole, cut, whole.value.length))
    const found = prepare({ history, future }, 1)
    if (!found.ok) throw new Error(found.error.code)
    const { plain } = found.value.future
    const row = 24 * 3 + 5
    const cell = (name: string): number | undefined =>
      plain.cells[plain.names.indexOf(name) * plain.rows + row]
    expect(cell('leadDays')).toBe(4)
    expect(cell('lagDay1')).toBe(whole.value[cut + row - 96])
  })

  it('a row that is not in the history is unknown, not zero', () => {
    const holed = sliceTable(whole, 0, cut)
    const keep = [...holed.at.keys()].filter((row) => row !== cut - 20)
    const history: DemandTable = {
      ...holed,
      seriesOf: new Int32Array(keep.length),
      at: Float64Array.from(keep, (row) => holed.at[row]!),
      offsetMinutes: new Int16Array(keep.length),
      value: Float64Array.from(keep, (row) => holed.value[row]!),
    }
    const found = prepare({ history, future: withoutValues(sliceTable(whole, cut, cut + 24)) }, 1)
    if (!found.ok) throw new Error(found.error.code)
    const { plain } = found.value.future
    expect(plain.cells[plain.names.indexOf('lagDay1') * plain.rows + 4]).toBeNaN()
  })

  it('after the clocks change the week lag is the same local hour', () => {
    // Local time jumps from UTC to UTC+1 in the middle.
    const change = 24 * 35
    const value = Float64Array.from({ length: 24 * 40 }, (_, hour) => hour)
    const table = tableOf(value, startMs)
    const offsetMinutes = Int16Array.from(value, (_, hour) => (hour >= change ? 60 : 0))
    const moved = { ...table, offsetMinutes }
    const { future } = prepared(moved, cut)
    const row = change + 30 - cut
    const lag = future.plain.cells[future.plain.names.indexOf('lagWeek1') * future.plain.rows + row]
    expect(lag).toBe(change + 30 - 168 + 1)
  })

  it('a time stamp wrong by centuries is refused instead of filling memory', () => {
    const minutes = tableOf(Float64Array.of(1, 2, 3, 4), startMs, 60_000)
    const at = Float64Array.of(...minutes.at.slice(0, 3), startMs + 9_000_000 * hourMs)
    const history = { ...minutes, at }
    const found = prepare({ history, future: withoutValues(history) }, 1)
    expect(found).toMatchObject({ ok: false, error: { code: 'span_too_long' } })
  })
})
