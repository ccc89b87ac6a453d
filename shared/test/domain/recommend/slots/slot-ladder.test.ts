import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { explorePlace, thompsonDraws } from '@baari/shared/domain/recommend/slots/explore'
import { feedbackGain } from '@baari/shared/domain/recommend/slots/feedback-gain'
import { fitRanker, fitStep, treesFrom } from '@baari/shared/domain/recommend/slots/fit-ranker'
import { headedTo } from '@baari/shared/domain/recommend/slots/herd-guard'
import { gainOver } from '@baari/shared/domain/recommend/slots/ladder-gate'
import { ratingWeights } from '@baari/shared/domain/recommend/slots/rating-weight'
import { shownSlots, type SlotCandidate } from '@baari/shared/domain/recommend/slots/shown-slots'
import {
  featuresOf,
  habitAt,
  shrunkPopularity,
  shrunkRating,
  type SlotFeatures,
} from '@baari/shared/domain/recommend/slots/slot-features'
import {
  firstRanker,
  scoreSlots,
  slotPrior,
} from '@baari/shared/domain/recommend/slots/slot-ranker'
import { reasonsOf } from '@baari/shared/domain/recommend/slots/slot-reasons'
import { slotTable } from '@baari/shared/domain/recommend/slots/slot-table'
import { madeChoices, madeTown } from '@baari/shared/testing/made-choices'
import { paisePerKg } from '@baari/shared/units/money'
import { stationNo } from '@baari/shared/units/names'
import { after, hours, instant, minutes, type Instant } from '@baari/shared/units/time'

const noon = instant(Date.parse('2026-11-22T06:30:00Z'))
const here = stationNo(42)

const plain: SlotFeatures = {
  ...{ distanceKm: 2, gapMin: 0, priceOverCheapestPaise: 0, freeRoom: 6, loadQ90: 4 },
  ...{ waitMin: 5, habit: 0, ratingStars: 3.5, popularity: 0.2 },
}
const slot = (
  minutesAhead: number,
  features: Partial<SlotFeatures> = {},
  station = here,
): SlotCandidate => ({
  station,
  start: after(noon, minutes(minutesAhead)),
  features: { ...plain, gapMin: minutesAhead, ...features },
})
const shown = (
  all: readonly SlotCandidate[],
  seed = 1,
  more: { own?: number; others?: number } = {},
) =>
  shownSlots(
    all,
    {
      ranker: firstRanker(),
      station: here,
      own: more.own ?? 3,
      others: more.others ?? 2,
      apart: minutes(30),
    },
    seededChance(seed),
  )

describe('features of a slot', () => {
  it('ratings and popularity are pulled towards the usual by five', () => {
    expect(shrunkRating({ sum: 0, count: 0 })).toBe(3.5)
    expect(shrunkRating({ sum: 5, count: 1 })).toBeCloseTo(3.75)
    expect(shrunkPopularity({ taken: 0, offered: 0, mean: 0.25 })).toBe(0.25)
    expect(shrunkPopularity({ taken: 5, offered: 5, mean: 0.25 })).toBeCloseTo(0.625)
  })

  it('a driver who always comes at nine has a habit at nine, also across midnight', () => {
    const days = (at: Instant) => [1, 2, 3, 4].map((day) => after(at, hours(-24 * day)))
    expect(habitAt(days(noon), noon)).toBeGreaterThan(0.5)
    expect(habitAt(days(noon), after(noon, hours(5)))).toBeLessThan(0)
    const midnight = instant(Date.parse('2026-11-21T18:25:00Z'))
    expect(habitAt(days(midnight), after(midnight, minutes(20)))).toBeGreaterThan(0.5)
    expect(Math.abs(habitAt([], noon))).toBeLessThan(0.05)
  })

  it('says minutes, kilometres and paise, and what is unknown stays unknown', () => {
    const features = featuresOf({
      ...{ start: after(noon, minutes(40)), reach: noon, distanceKm: null, room: 3.4 },
      ...{ price: paisePerKg(9_250), cheapest: paisePerKg(9_200), loadQ90: null },
      ...{ wait: minutes(12), past: [], ratings: { sum: 0, count: 0 } },
      offers: { taken: 0, offered: 0, mean: 0.2 },
    })
    expect(features).toMatchObject({
      ...{ gapMin: 40, priceOverCheapestPaise: 50, freeRoom: 3.4, waitMin: 12 },
      ...{ distanceKm: null, loadQ90: null },
    })
  })
})

describe('the slots that are shown', () => {
  const all = Array.from({ length: 24 }, (_, at) => slot(10 * at))

  it('the own station first, half an hour apart, then the best of each other station', () => {
    const others = [
      slot(20, {}, stationNo(7)),
      slot(30, {}, stationNo(7)),
      slot(10, {}, stationNo(9)),
    ]
    const found = shown([...all, ...others])
    expect(found.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5])
    expect(found.slice(0, 3).every(({ station }) => station === here)).toBe(true)
    expect(found.slice(3).map(({ station }) => station)).toEqual([9, 7])
    const starts = found.slice(0, 3).map(({ start }) => Number(start))
    for (const a of starts) {
      for (const b of starts)
        if (a !== b) expect(Math.abs(a - b)).toBeGreaterThanOrEqual(minutes(30))
    }
    expect(found.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1)
  })

  it('exploration touches the third place alone, and says the chance it had', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => shown(all, seed))
    const greedy = runs[0]!.slice(0, 2).map(({ start }) => start)
    for (const run of runs) {
      expect(run.slice(0, 2).map(({ start }) => start)).toEqual(greedy)
      expect(
        run.slice(0, 2).every(({ propensity, explored }) => propensity === 1 && !explored),
      ).toBe(true)
      expect(run[2]!.propensity).toBeGreaterThanOrEqual(1 / thompsonDraws)
    }
    const third = new Set(runs.map((run) => run[2]!.start))
    expect(third.size).toBeGreaterThan(1)
    expect(runs.some((run) => run[2]!.explored)).toBe(true)
    // The same seed shows the same slots.
    expect(shown(all, 5)).toEqual(shown(all, 5))
  })

  it('the propensity is the share of times the row gets the place', () => {
    const table = slotTable([{ options: all.map(({ features }) => features), chosen: undefined }])
    const ranker = firstRanker()
    const score = scoreSlots(ranker, table)
    const among = [3, 4, 5, 6]
    const counts = new Map<number, number>()
    const said = new Map<number, number[]>()
    const rounds = 400
    for (let seed = 0; seed < rounds; seed += 1) {
      const got = explorePlace({ ranker, table, score, among }, seededChance(seed))!
      counts.set(got.row, (counts.get(got.row) ?? 0) + 1)
      said.set(got.row, [...(said.get(got.row) ?? []), got.propensity])
    }
    const [row, count] = [...counts].toSorted(([, a], [, b]) => b - a)[0]!
    const mean = said.get(row)!.reduce((sum, one) => sum + one, 0) / count
    expect(Math.abs(mean - count / rounds)).toBeLessThan(0.1)
  })

  it('a slot that those on their way may fill is shown only for want of another', () => {
    const sent = headedTo([
      { station: here, start: noon, chance: 0.7 },
      { station: here, start: noon, chance: 0.6 },
    ])
    expect(sent({ station: here, start: noon })).toBeCloseTo(1.3)
    expect(sent({ station: stationNo(7), start: noon })).toBe(0)
    const full = slot(0, { freeRoom: 2 - sent({ station: here, start: noon }) })
    const found = shown([full, ...all.slice(6)])
    expect(found.map(({ start }) => start)).not.toContain(full.start)
    expect(shown([full]).map(({ start }) => start)).toEqual([full.start])
  })

  it('forty drivers of one minute are not all sent to one slot', () => {
    const sent: { station: typeof here; start: Instant; chance: number }[] = []
    const first = new Map<Instant, number>()
    for (let driver = 0; driver < 40; driver += 1) {
      const on = headedTo(sent)
      const candidates = all.map((one) => ({
        ...one,
        features: { ...one.features, freeRoom: 4 - on(one) },
      }))
      const [top] = shown(candidates, driver)
      if (top === undefined) throw new Error('a slot')
      sent.push(...shown(candidates, driver))
      first.set(top.start, (first.get(top.start) ?? 0) + 1)
    }
    expect(first.size).toBeGreaterThan(3)
    expect(Math.max(...first.values())).toBeLessThan(20)
  })

  it('reasons hold or are not said', () => {
    const found = [
      slot(0, { waitMin: 20 }),
      slot(30, { habit: 0.5 }),
      slot(10, { waitMin: 3, distanceKm: 1 }, stationNo(7)),
    ]
    expect(reasonsOf(found, here)).toEqual([
      ['soonest'],
      ['usual_time'],
      ['nearest_free', 'shorter_wait'],
    ])
    expect(reasonsOf([slot(30), slot(0)], here)[0]).toEqual(['nearest_free'])
  })
})

describe('the ladder', () => {
  it('with no or few choices the weighted score serves, and nothing is claimed', () => {
    const { ranker, verdict } = fitRanker(madeChoices(madeTown(1), 10), 1)
    expect(verdict).toMatchObject({ served: 'weighted-score', choices: 10, steps: [] })
    expect([...ranker.weights]).toEqual([...slotPrior().prior])
  })

  it('with enough choices the logit wins over a weighted score that is wrong, by choices not seen', () => {
    const { verdict } = fitRanker(madeChoices(madeTown(3, 1.2), 300), 1)
    expect(verdict.gains[0]).toMatchObject({ name: 'logit', over: 'weighted-score', passes: true })
    expect(verdict.served).not.toBe('weighted-score')
    const nll = new Map(verdict.steps.map((step) => [step.name, step.nll]))
    expect(nll.get('logit')).toBeLessThan(nll.get('weighted-score')!)
    expect(nll.has('boosted')).toBe(true)
  })

  it('trees are not tried below a hundred choices', () => {
    const { verdict } = fitRanker(madeChoices(madeTown(3, 1.2), treesFrom - 1), 1)
    expect(verdict.steps.map(({ name }) => name)).toEqual(['weighted-score', 'logit'])
  })

  it('trees on the logit keep what the logit knows and can be told', () => {
    const choices = madeChoices(madeTown(4, 1.2), 200)
    const ranker = fitStep('boosted', choices, 1)
    const scores = scoreSlots(ranker, slotTable(choices))
    expect(scores.every(Number.isFinite)).toBe(true)
    expect([...fitStep('boosted', choices, 1).weights]).toEqual([...ranker.weights])
  })

  it('what only looks better by chance is held back: most of twenty equal pairs are', () => {
    let passed = 0
    for (let seed = 0; seed < 20; seed += 1) {
      const chance = seededChance(seed + 100)
      const losses = () => Array.from({ length: 80 }, () => chance())
      const blocks = Array.from({ length: 80 }, (_, at) => `d${at}`)
      if (gainOver(losses(), losses(), { blocks, seed }).passes) passed += 1
    }
    expect(passed).toBeLessThan(7)
  })

  it('a choice that was regretted counts less, and silence is not three stars', () => {
    const [one, five, silent] = ratingWeights([1, 5, undefined])
    expect(one!).toBeLessThan(0.5)
    expect(five!).toBeGreaterThan(1)
    const unhappy = ratingWeights([1, 1, 1, 1, 1, 1, 1, 1, undefined]).at(-1)!
    expect(unhappy).toBeLessThan(silent!)
    expect(ratingWeights([3, undefined])[1]).not.toBe(ratingWeights([3, undefined])[0])
  })
})

describe('what feedback changes', () => {
  const draw = (choices: number) => (_: unknown, seed: number) => {
    const town = madeTown(seed)
    return { train: madeChoices(town, choices), test: madeChoices(town, 150, 10_000) }
  }

  it('forty rated choices help over sixteen towns, by a paired test; one town alone shows anything', () => {
    const gain = feedbackGain(Array.from({ length: 16 }, draw(40)), 1)
    expect(gain.hitAt1.mean).toBeGreaterThan(0)
    expect(gain.nll.low).toBeGreaterThan(0)
    expect(gain.nll.p).toBeLessThan(0.05)
    expect(gain.hitAt1.sd).toBeGreaterThan(0)
  })

  it('no choice changes nothing', () => {
    const gain = feedbackGain(Array.from({ length: 4 }, draw(0)), 1)
    expect(gain.hitAt1).toMatchObject({ mean: 0, sd: 0, p: 1 })
  })
})
