import { coverage, meanAbsolute, pinball } from '@baari/shared/domain/forecast/pool/scores'
import { csvRecords } from '../../cli/csv/csv-records.ts'
import { keyOf, weekMs, type DemandSet } from './demand-set.ts'

export type ForecastScore = {
  readonly rows: number
  readonly mae: number
  /** Error as a share of what came. */
  readonly wape: number
  readonly naiveMae: number
  readonly pinballSum: number
  /** Share of what came inside the band, 0 to 1. */
  readonly cover: number
  /** Forecasts that are negative, cross or are no numbers. */
  readonly wrong: number
}

/** Scores the rows that have a value a week earlier, so that seasonal naive meets the same ones. */
export function scoreForecast({ values }: DemandSet, forecastCsv: string): ForecastScore {
  const rows = [...csvRecords('forecast.csv', forecastCsv)].slice(1).map(({ cells }) => told(cells))
  const wrong = rows.filter((row) => !isSound(row)).length
  const scored = rows.flatMap((row) => {
    const came = values.get(keyOf(row.series, row.atMs))
    const before = values.get(keyOf(row.series, row.atMs - weekMs))
    return came === undefined || before === undefined ? [] : [{ ...row, came, before }]
  })
  const actual = scored.map(({ came }) => came)
  const naive = scored.map(({ before }) => before)
  const low = scored.map(({ q10 }) => q10)
  const median = scored.map(({ q50 }) => q50)
  const high = scored.map(({ q90 }) => q90)
  const mae = meanAbsolute(actual, median)
  const total = actual.reduce((sum, value) => sum + value, 0)
  return {
    rows: actual.length,
    mae,
    wape: total > 0 ? (mae * actual.length) / total : 0,
    naiveMae: meanAbsolute(actual, naive),
    pinballSum:
      pinball(0.1, actual, low) + pinball(0.5, actual, median) + pinball(0.9, actual, high),
    cover: coverage(actual, low, high),
    wrong,
  }
}

type Told = {
  readonly series: string
  readonly atMs: number
  readonly mean: number
  readonly q10: number
  readonly q50: number
  readonly q90: number
}

function told([series = '', ts = '', ...numbers]: readonly string[]): Told {
  const at = (place: number): number => Number(numbers[place] ?? Number.NaN)
  return { series, atMs: Date.parse(ts), mean: at(0), q10: at(1), q50: at(2), q90: at(3) }
}

function isSound({ mean, q10, q50, q90 }: Told): boolean {
  return mean >= 0 && q10 >= 0 && q10 <= q50 && q50 <= q90 && Number.isFinite(mean + q90)
}
