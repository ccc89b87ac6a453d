import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { adaptStretch } from '@baari/shared/domain/forecast/interval/adaptive'
import {
  bandOf,
  sliceBand,
  type TimedOutcome,
} from '@baari/shared/domain/forecast/interval/conformal'
import { steeredSpans } from '@baari/shared/domain/forecast/interval/steering'
import { targetForecast } from '@baari/shared/domain/forecast/serving/target-forecast'
import { quarterMs, quartersPerDay } from '@baari/shared/domain/forecast/serving/station-demand'
import { weekQuestion } from '@baari/shared/domain/forecast/serving/week-question'
import { madeDemand } from '@baari/shared/testing/made-demand'
import { instant } from '@baari/shared/units/time'

const dayMs = 86_400_000
const even = { down: 1, up: 1 }

/** Days of quarters told as 100 ± 8; what comes scatters by 10, from a day on by so much more. */
function line(
  days: number,
  { from, times }: { readonly from: number; readonly times: number },
): TimedOutcome {
  const rows = days * quartersPerDay
  const chance = seededChance(11)
  const flat = (value: number): Float64Array => new Float64Array(rows).fill(value)
  const actual = flat(0).map((_, row) => {
    const wide = row < from * quartersPerDay ? 1 : times
    return 100 + wide * 20 * (chance() - 0.5)
  })
  const at = Float64Array.from({ length: rows }, (_, row) => row * quarterMs)
  return { actual, at, centre: flat(100), down: flat(8), up: flat(8), median: flat(100) }
}

const spansOf = (days: number) =>
  Array.from({ length: days }, (_, day) => ({
    start: day * quartersPerDay,
    end: (day + 1) * quartersPerDay,
  }))

const steered = (told: TimedOutcome, days: number) =>
  steeredSpans({
    ...{ line: told, spans: spansOf(days), leadMs: dayMs, perDay: quartersPerDay },
    fit: () => even,
  })

function coverOf(told: TimedOutcome, span: ReturnType<typeof steered>[number]): number {
  const { low, high } = bandOf(sliceBand(told, span.start, span.end), span.stretch)
  const inside = low.filter((bottom, n) => {
    const y = told.actual[span.start + n]!
    return y >= bottom && y <= high[n]!
  })
  return inside.length / (span.end - span.start)
}

describe('a band steered by its misses', () => {
  it('misses widen it until four of five come inside again, and then it stays', () => {
    const told = line(40, { from: 2, times: 1.5 })
    const days = steered(told, 40)
    expect(coverOf(told, days[3]!)).toBeLessThan(0.6)
    const late = days.slice(-4).map((span) => coverOf(told, span))
    const mean = late.reduce((sum, cover) => sum + cover, 0) / 4
    expect(mean).toBeGreaterThan(0.76)
    expect(mean).toBeLessThan(0.83)
  })

  it('is never more than doubled and never narrowed by more than an eighth', () => {
    const wild = steered(line(40, { from: 0, times: 50 }), 40).map(({ wider }) => wider)
    const calm = steered(line(40, { from: 0, times: 0.1 }), 40).map(({ wider }) => wider)
    expect(Math.max(...wild)).toBeCloseTo(Math.exp(0.7), 6)
    expect(Math.min(...calm)).toBeCloseTo(Math.exp(-0.13), 6)
  })

  it('a miss that is less than a day old changes nothing', () => {
    const told = line(10, { from: 4, times: 3 })
    const before = steered(line(10, { from: 10, times: 3 }), 10)
    const after = steered(told, 10)
    const first = after.findIndex(({ wider }, day) => wider !== before[day]!.wider)
    // Misses of the fifth day are a day old when the sixth is over, but for its first quarter.
    expect(first).toBe(5)
    expect(after[5]!.wider / before[5]!.wider).toBeLessThan(Math.exp(0.01))
  })
})

describe('the station steers as the back-test does', () => {
  const counts = madeDemand(42)
  const now = instant(counts.at(-1)!.start + quarterMs)
  const asked = weekQuestion({ station: 7, now, counts, manifest: undefined })
  const question = asked.ok ? asked.value : expect.fail(asked.error.code)
  const { set, judged } = question
  const rowsOf = (place: number): readonly number[] => {
    const series = set.series[judged + place * 672]!
    return [...set.series.keys()].filter((row) => set.series[row] === series)
  }

  /** What a model tells that is right but for errors, which grow in the last days that have come. */
  function toldWith(times: number, lastDays: number) {
    const chance = seededChance(3)
    const growsAt = question.from - (lastDays + 1) * dayMs
    const centre = set.target.map((value, row) => {
      const by = set.at[row]! < growsAt ? 1 : times
      return 10 + (row < judged ? value : 1) + by * (chance() - 0.5)
    })
    const side = centre.map(() => 0.4)
    return { mean: centre, median: centre, band: { centre, down: side, up: side, median: centre } }
  }

  const servedWidth = (made: ReturnType<typeof toldWith>): number => {
    const shifted = { ...question, set: { ...set, target: set.target.map((value) => value + 10) } }
    const part = { target: 'arrivals', place: 1, made, start: even } as const
    const { q10, q90 } = targetForecast(shifted, part).quarters(1)[50]!
    return (q90 - q10) / question.usual.arrivals
  }

  it('errors that grew in the last four days widen the week that is served', () => {
    const plain = servedWidth(toldWith(1, 4))
    const grown = servedWidth(toldWith(3, 4))
    expect(plain).toBeGreaterThan(0.7)
    expect(plain).toBeLessThan(0.95)
    // The fit to the fortnight alone widens it by about half; three days of misses do the rest.
    expect(grown).toBeGreaterThan(1.8 * plain)
  })

  it('from the same outcomes the back-test tells the first day of that week by the same band', () => {
    const made = toldWith(2, 6)
    const rows = rowsOf(1)
    const pick = (from: Float64Array): Float64Array => Float64Array.from(rows, (row) => from[row]!)
    const { centre, down, up } = made.band
    const told = rows.filter((row) => row < judged).length
    const all = {
      ...{ centre: pick(centre), down: pick(down), up: pick(up), median: pick(centre) },
      actual: pick(set.target).map((value, n) => (n < told ? value + 10 : Number.NaN)),
      at: pick(set.at),
    }
    const none = new Float64Array(0)
    const past = { centre: none, down: none, up: none, median: none, actual: none, at: none }
    const backtest = adaptStretch({
      ...{ past, future: all, leadMs: dayMs, perDay: quartersPerDay, window: 42 * quartersPerDay },
    })
    const { down: below, up: above } = backtest[told]!
    const measured = 0.4 * (below + above)
    expect(Math.abs(servedWidth(made) / measured - 1)).toBeLessThan(0.03)
  })
})
