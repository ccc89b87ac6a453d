import type { DemandTable } from '@baari/shared/domain/forecast/series/demand-table'
import { seededChance } from '@baari/shared/domain/forecast/chance'

export const hourMs = 3_600_000
/** A Monday. */
export const startMs = Date.UTC(2024, 0, 1)

/** Hourly counts of one series with a day and a week in them, and some chance. */
export function waveDemand(hours: number, seed = 1): DemandTable {
  const chance = seededChance(seed)
  const value = Float64Array.from({ length: hours }, (_, hour) => {
    const day = 20 + 15 * Math.sin((2 * Math.PI * (hour % 24)) / 24)
    const weekend = Math.floor(hour / 24) % 7 >= 5 ? 0.6 : 1
    return Math.round(day * weekend + 6 * chance())
  })
  return tableOf(value, startMs)
}

/** A table of one series without covariates, hour after hour. */
export function tableOf(value: Float64Array, from: number, stepMs = hourMs): DemandTable {
  return {
    series: ['one'],
    seriesOf: new Int32Array(value.length),
    at: Float64Array.from(value, (_, row) => from + row * stepMs),
    offsetMinutes: new Int16Array(value.length),
    value,
    covariates: [],
  }
}

/** Rows `from` to `to` of a table of one series. */
export function sliceTable(table: DemandTable, from: number, to: number): DemandTable {
  return {
    ...table,
    seriesOf: table.seriesOf.slice(from, to),
    at: table.at.slice(from, to),
    offsetMinutes: table.offsetMinutes.slice(from, to),
    value: table.value.slice(from, to),
  }
}

/** The same rows without their values. */
export function withoutValues(table: DemandTable): DemandTable {
  return { ...table, value: new Float64Array(table.value.length).fill(Number.NaN) }
}
