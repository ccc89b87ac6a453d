import type { RawBand } from '../interval/conformal.ts'
import { bandOf, stretchOf } from '../interval/conformal.ts'
import { chooseWeights, weighted } from '../pool/choose-weights.ts'
import { meanAbsolute, meanSquare, pinball } from '../pool/scores.ts'
import type { MemberTable } from './member-table.ts'

type Weights = ReadonlyMap<string, number>

/** How the members make one forecast: chosen on outcomes they had not seen. */
export type Combination = {
  readonly middle: Weights
  readonly mean: Weights
  readonly low: Weights
  readonly high: Weights
  /** The median is rounded: right for counts near zero, whose median is whole. */
  readonly rounded: boolean
  /** By series, the share of seasonal naive that is mixed into the median. */
  readonly naiveShare: ReadonlyMap<number, number>
  readonly band: 'quantiles' | 'spread'
  readonly usual: number
}

export type Judged = {
  readonly members: MemberTable
  readonly actual: Float64Array
  readonly series: Int32Array
  readonly usual: number
  readonly whole: boolean
}

/** What a mixture must undercut the loss of seasonal naive by, to be used in its place. */
const naiveWinsAbove = 0.98

/** Fewer outcomes of a series than this do not say how it differs from the others. */
const outcomesMin = 200

export function combine(judged: Judged): Combination {
  const { members, actual, usual, whole } = judged
  const low = (y: ArrayLike<number>, f: ArrayLike<number>): number => pinball(0.1, y, f)
  const high = (y: ArrayLike<number>, f: ArrayLike<number>): number => pinball(0.9, y, f)
  const start: Combination = {
    middle: middleWeights(members, actual),
    mean: chooseWeights(members.mean, actual, meanSquare),
    low: chooseWeights(members.low, actual, low),
    high: chooseWeights(members.high, actual, high),
    rounded: false,
    naiveShare: new Map(),
    band: members.low.length > 0 ? 'quantiles' : 'spread',
    usual,
  }
  const mixed = { ...start, naiveShare: naiveShares(start, judged) }
  const rounded = { ...mixed, rounded: true }
  const maeOf = (one: Combination): number => meanAbsolute(actual, combined(one, judged).median)
  const best = whole && maeOf(rounded) < 0.999 * maeOf(mixed) ? rounded : mixed
  if (members.low.length === 0) return best
  const spread: Combination = { ...best, band: 'spread' }
  return bandLoss(spread, judged) < bandLoss(best, judged) ? spread : best
}

/** Seasonal naive alone, unless a mixture is clearly better: a tie in the past is a loss ahead. */
function middleWeights(members: MemberTable, actual: Float64Array): Weights {
  const weights = chooseWeights(members.middle, actual, meanAbsolute)
  const naive = members.middle[0]
  if (naive === undefined) return weights
  const mixed = meanAbsolute(actual, weighted(members.middle, weights))
  const clear = mixed <= naiveWinsAbove * meanAbsolute(actual, naive.forecast)
  return clear ? weights : new Map([[naive.name, 1]])
}

/** A guard for each series: seasonal naive takes over by as much as it has been the better one. */
function naiveShares(start: Combination, judged: Judged): ReadonlyMap<number, number> {
  const { median } = combined(start, judged)
  const naive = judged.members.middle[0]!.forecast
  const rowsOf = new Map<number, number[]>()
  judged.series.forEach((series, row) => {
    rowsOf.set(series, [...(rowsOf.get(series) ?? []), row])
  })
  const out = new Map<number, number>()
  if (rowsOf.size < 2) return out
  for (const [series, rows] of rowsOf) {
    if (rows.length < outcomesMin) continue
    const loss = (share: number): number =>
      rows.reduce((sum, row) => {
        const forecast = share * naive[row]! + (1 - share) * median[row]!
        return sum + Math.abs(judged.actual[row]! - forecast)
      }, 0)
    const best = [0, 0.25, 0.5, 0.75, 1].reduce((a, b) => (loss(b) < 0.995 * loss(a) ? b : a))
    if (best > 0) out.set(series, best)
  }
  return out
}

export type Combined = {
  readonly mean: Float64Array
  readonly median: Float64Array
  readonly band: RawBand
}

export type CombineOn = Pick<Judged, 'members' | 'series'> & {
  /** By row, what the level has come to against what the members take it for; 1 without. */
  readonly factors?: Float64Array
}

/** The forecast of the combination before its band is corrected. */
export function combined(how: Combination, { members, series, factors }: CombineOn): Combined {
  const levelled = (values: Float64Array): Float64Array =>
    factors === undefined ? values : values.map((value, row) => value * factors[row]!)
  const mean = levelled(weighted(members.mean, how.mean))
  const middle = weighted(members.middle, how.middle)
  const naive = members.middle[0]?.forecast
  const median = middle.map((value, row) => {
    const share = how.naiveShare.get(series[row]!) ?? 0
    const mixed = (share * (naive?.[row] ?? 0) + (1 - share) * value) * (factors?.[row] ?? 1)
    return how.rounded ? Math.round(mixed) : mixed
  })
  return { mean, median, band: rawBand(how, { members, mean, median, levelled }) }
}

function rawBand(
  how: Combination,
  {
    members,
    mean,
    median,
    levelled,
  }: {
    readonly members: MemberTable
    readonly mean: Float64Array
    readonly median: Float64Array
    readonly levelled: (values: Float64Array) => Float64Array
  },
): RawBand {
  if (how.band === 'spread') {
    // The scatter of counts grows with the root of their mean; the stretch finds the factor.
    const side = mean.map((value) => Math.sqrt(value * how.usual + (0.02 * how.usual) ** 2))
    return { centre: mean, down: side, up: side, median }
  }
  const floor = 0.002 * how.usual
  const low = levelled(weighted(members.low, how.low))
  const high = levelled(weighted(members.high, how.high))
  return {
    centre: median,
    down: low.map((value, row) => Math.max(floor, median[row]! - value)),
    up: high.map((value, row) => Math.max(floor, value - median[row]!)),
    median,
  }
}

/** Pinball loss of both ends after correction, with a fine for a cover outside its bounds. */
function bandLoss(how: Combination, judged: Judged): number {
  const { actual } = judged
  const { band } = combined(how, judged)
  const { low, high } = bandOf(band, stretchOf({ ...band, actual }))
  let inside = 0
  actual.forEach((y, row) => {
    if (y >= low[row]! && y <= high[row]!) inside += 1
  })
  const cover = inside / Math.max(1, actual.length)
  const fine = cover > 0.87 || cover < 0.77 ? 2 : 1
  return fine * (pinball(0.1, actual, low) + pinball(0.9, actual, high))
}
