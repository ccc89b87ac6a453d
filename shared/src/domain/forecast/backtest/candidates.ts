import { bandOf, stretchOf, type RawBand } from '../interval/conformal.ts'
import { coverage, meanAbsolute, pinball } from '../pool/scores.ts'
import { combined, type Combination, type Judged } from './combine.ts'

/** How a member of the pool did on outcomes it had not seen. */
export type Candidate = {
  readonly name: string
  readonly mae: number
  readonly pinballSum: number
  /** Share of the outcomes inside its corrected band, 0 to 1. */
  readonly cover: number
}

export type SeriesChoice = {
  readonly series: string
  readonly chosen: string
  readonly candidates: readonly Candidate[]
}

const blend = 'blend'

/** For each series what was tried, how it did, and what its forecasts are made of. */
export function seriesChoices(
  names: readonly string[],
  judged: Judged,
  how: Combination,
): readonly SeriesChoice[] {
  const tried = triedOf(judged, how)
  return names.map((series, at) => {
    const rows = [...judged.series.keys()].filter((row) => judged.series[row] === at)
    const candidates = tried.map(({ name, median, low, high }): Candidate => {
      const pick = (from: Float64Array): Float64Array =>
        Float64Array.from(rows, (row) => from[row]!)
      const actual = pick(judged.actual)
      const bounds = { low: pick(low), median: pick(median), high: pick(high) }
      const pinballSum =
        pinball(0.1, actual, bounds.low) +
        pinball(0.5, actual, bounds.median) +
        pinball(0.9, actual, bounds.high)
      return {
        name,
        mae: meanAbsolute(actual, bounds.median),
        pinballSum,
        cover: coverage(actual, bounds.low, bounds.high),
      }
    })
    return { series, chosen: chosenOf(how, at), candidates }
  })
}

type Tried = {
  readonly name: string
  readonly median: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

function triedOf(judged: Judged, how: Combination): readonly Tried[] {
  const { members, actual } = judged
  const alone = members.middle.map(({ name, forecast }): Tried => {
    const band = spreadBand(forecast, how.usual)
    return { name, median: forecast, ...bandOf(band, stretchOf({ ...band, actual })) }
  })
  const { median, band } = combined(how, judged)
  return [...alone, { name: blend, median, ...bandOf(band, stretchOf({ ...band, actual })) }]
}

/** A band for a member that has none of its own: the root of its level, stretched. */
function spreadBand(median: Float64Array, usual: number): RawBand {
  const side = median.map((value) => Math.sqrt(value * usual + (0.02 * usual) ** 2))
  return { centre: median, down: side, up: side, median }
}

function chosenOf({ middle, naiveShare }: Combination, series: number): string {
  if (naiveShare.get(series) === 1) return 'seasonal-naive'
  const [first, ...more] = middle.keys()
  return more.length === 0 && !naiveShare.has(series) ? (first ?? blend) : blend
}
