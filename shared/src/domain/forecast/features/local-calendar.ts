import { dayMs } from '../series/demand-table.ts'
import type { SeriesGrid } from '../series/series-grid.ts'

/** Where a cell lies in the local day, week and year. */
export type LocalTime = {
  /** Steps since local midnight. */
  readonly slot: number
  /** Share of the local day that has passed. */
  readonly dayShare: number
  /** Monday is 0. */
  readonly weekday: number
  /** Local days since 1970-01-01. */
  readonly day: number
}

/** 1970-01-01 was a Thursday. */
const epochWeekday = 3

export function localTime(grid: SeriesGrid, cell: number): LocalTime {
  const offset = grid.offsetMinutes[cell] ?? grid.offsetMinutes[grid.offsetMinutes.length - 1] ?? 0
  const local = grid.startMs + cell * grid.stepMs + offset * 60_000
  const day = Math.floor(local / dayMs)
  const inDay = local - day * dayMs
  return {
    slot: Math.floor(inDay / grid.stepMs),
    dayShare: inDay / dayMs,
    weekday: (((day + epochWeekday) % 7) + 7) % 7,
    day,
  }
}

/** From 1. */
export function dayOfYear({ day }: Pick<LocalTime, 'day'>): number {
  const year = new Date(day * dayMs).getUTCFullYear()
  return 1 + day - Math.floor(Date.UTC(year, 0, 1) / dayMs)
}
