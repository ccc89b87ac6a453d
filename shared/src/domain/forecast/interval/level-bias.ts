import { dayMs } from '../series/demand-table.ts'

export type ToldRows = {
  /** Start of the step, milliseconds since 1970-01-01T00:00Z, in any order. */
  readonly at: Float64Array
  /** What came; NaN where nothing is known. */
  readonly actual: Float64Array
  /** The mean that was forecast. */
  readonly mean: Float64Array
}

/** Days whose totals are looked at, and how many of them must be known. */
const lookDays = 10
const daysMin = 5
/** Standard errors a bias must have before anything is corrected. */
const errorsMin = 3
/** A day far off says no more than one of a fifth or of five times what was forecast. */
const farLog = Math.log(5)

/**
 * Trees do not forecast a level they have never seen, and a trailing mean is late: where demand grows
 * or falls for weeks the forecast stays on one side. The factor of a day is the mean of what came by
 * what was forecast over the last ten days, in logs, shrunk towards one by its own standard error
 * (James and Stein): a bias below three of them, and that is chance, changes nothing.
 * @param leadMs age of the newest outcome that may be used, a day at least
 * @returns the factor for each row, from outcomes at least the lead older than it
 */
export function levelFactors({ at, actual, mean }: ToldRows, leadMs: number): Float64Array {
  const first = at.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const dayOf = (row: number): number => Math.floor((at[row]! - first) / dayMs)
  const came = new Map<number, { came: number; told: number }>()
  for (let row = 0; row < at.length; row += 1) {
    if (Number.isNaN(actual[row]!)) continue
    const day = dayOf(row)
    const sum = came.get(day) ?? { came: 0, told: 0 }
    sum.came += actual[row]!
    sum.told += mean[row]!
    came.set(day, sum)
  }
  const lag = 1 + Math.ceil(leadMs / dayMs)
  const byDay = new Map<number, number>()
  return at.map((_, row) => {
    const day = dayOf(row)
    const factor = byDay.get(day) ?? factorOf(logsBefore(came, day - lag))
    byDay.set(day, factor)
    return factor
  })
}

/** Logs of what came by what was forecast, of the days up to `newest`. */
function logsBefore(
  came: ReadonlyMap<number, { readonly came: number; readonly told: number }>,
  newest: number,
): readonly number[] {
  const logs: number[] = []
  for (let day = newest; day > newest - lookDays; day -= 1) {
    const sum = came.get(day)
    if (sum === undefined || !(sum.told > 0)) continue
    logs.push(Math.max(-farLog, Math.min(farLog, Math.log(sum.came / sum.told))))
  }
  return logs
}

function factorOf(logs: readonly number[]): number {
  const days = logs.length
  if (days < daysMin) return 1
  const mean = logs.reduce((sum, log) => sum + log, 0) / days
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (days - 1)
  const noise = (errorsMin ** 2 * variance) / days
  return mean === 0 ? 1 : Math.exp(mean * Math.max(0, 1 - noise / mean ** 2))
}
