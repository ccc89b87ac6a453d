import { describe, expect, it } from 'vitest'
import { seededChance } from '@baari/shared/domain/forecast/chance'
import { policyValues } from '@baari/shared/domain/recommend/slots/logged-policy'
import { madeTrips } from '@baari/shared/testing/made-trips'
import { arrivalLines, readTrips } from '../../cli/recommend/arrivals.ts'
import { evaluateChoices } from '../../cli/recommend/evaluate.ts'
import { measureLines, policyLines } from '../../cli/recommend/measure-lines.ts'
import { readLog } from '../../cli/recommend/read-outcomes.ts'

/** Persons who mind the price alone; the option taken of each case beside the two files. */
function choiceFiles(cases: number, seed: number) {
  const chance = seededChance(seed)
  const header = 'case,person,option,available'
  const [train, test, taken] = [[`${header},chosen,price`], [`${header},price`], ['case,option']]
  for (let one = 0; one < cases; one += 1) {
    const prices = Array.from({ length: 3 }, () => 80 + 10 * chance())
    const utility = prices.map((price) => -price - Math.log(-Math.log(chance() || 0.5)))
    const best = utility.indexOf(Math.max(...utility))
    prices.forEach((price, at) => {
      const row = `c${one},p${one % 40},s${at},1`
      if (one % 4 === 0) test.push(`${row},${price}`)
      else train.push(`${row},${Number(at === best)},${price}`)
    })
    if (one % 4 === 0) taken.push(`c${one},s${best}`)
  }
  const named = (name: string, lines: readonly string[]) => ({ name, text: lines.join('\n') })
  return {
    ...{ train: named('train.csv', train), test: named('test.csv', test) },
    chosen: named('chosen.csv', taken),
  }
}

describe('baari recommend evaluate', () => {
  const files = choiceFiles(120, 1)
  const asked = { ...files, seed: 1 }

  it('told what was taken, measures the ranking with limits, and ranks the same without', () => {
    const { measures, rankedCsv } = evaluateChoices(asked)
    if (measures === undefined) throw new Error('measures')
    expect(measures).toMatchObject({ cases: 30, persons: 10 })
    const { hitAt1, hitAt3, mrr } = measures
    expect(hitAt1.mean).toBeGreaterThan(0.6)
    expect(hitAt1.low).toBeLessThan(hitAt1.mean)
    expect(hitAt3.mean).toBe(1)
    expect(mrr.mean).toBeGreaterThan(hitAt1.mean)
    const without = evaluateChoices({ ...asked, chosen: undefined })
    expect(without).toMatchObject({ rankedCsv, measures: undefined })
    const lines = measureLines(measures)
    expect(lines[0]).toContain('30 cases of 10 persons')
    expect(lines.join('\n')).toMatch(/hit@1 .* %.*\n.*NLL .*\nCalibration/)
  })

  it.each([
    ['a case that is not there', 'case,option\nc1,s0', /chosen.csv.*2.*no such case/],
    ['an option that is not there', 'case,option\nc0,s9', /chosen.csv.*2.*no such option/],
    ['a case twice', 'case,option\nc0,s0\nc0,s1', /chosen.csv.*3.*second time/],
    ['no option', 'case\nc0', /column "option" is missing/],
  ])('refuses %s among what was taken', (_, text, said) => {
    const chosen = { name: 'chosen.csv', text }
    expect(() => evaluateChoices({ ...asked, chosen })).toThrow(said)
  })

  it('tells the logged policy from a log, and refuses what is no propensity', () => {
    const header = 'person,propensity,explored,chosen'
    const log = readLog('log.csv', `${header}\na,0.75,0,1\nb,0.25,1,0\nb,1,0,0`)
    expect(log).toEqual([
      { driver: 'a', propensity: 0.75, explored: false, taken: true },
      { driver: 'b', propensity: 0.25, explored: true, taken: false },
      { driver: 'b', propensity: 1, explored: false, taken: false },
    ])
    expect(policyLines(policyValues(log, 1))[0]).toContain('3 places drawn by chance, 1 of them')
    for (const row of ['a,0,0,1', 'a,1.2,0,1', 'a,x,0,1', 'a,0.5,2,1', 'a,0.5,0,yes']) {
      expect(() => readLog('log.csv', `${header}\n${row}`), row).toThrow(/log.csv.*2/)
    }
  })
})

describe('baari recommend arrivals', () => {
  const header = 'route,from_lat,from_lon,to_lat,to_lon,left,took_s'

  it('learns from earlier trips and tells later ones, route by route', () => {
    const rows = madeTrips(11, 600, 6).map(({ cell, from, to, left, took }) => {
      const spots = [from.latE6, from.lonE6, to.latE6, to.lonE6].map((e6) => e6 / 1e6)
      return [cell, ...spots, new Date(left).toISOString(), took / 1_000].join(',')
    })
    const lines = arrivalLines(readTrips('trips.csv', [header, ...rows].join('\n')))
    expect(lines[0]).toBe('480 trips learned from, 120 later ones told:')
    expect(lines).toHaveLength(1 + 6 + 2)
    expect(lines.at(-2)).toMatch(/^all: 120 trips, MAE .* s, MAPE .* %, below q50 .* %, below q90 /)
  })

  it.each([
    ['no latitude', 'a,91,72,23,72,2026-11-01T10:00:00Z,60'],
    ['no number', 'a,23,x,23,72,2026-11-01T10:00:00Z,60'],
    ['no time', 'a,23,72,23,72,yesterday,60'],
    ['no length', 'a,23,72,23,72,2026-11-01T10:00:00Z,0'],
  ])('refuses a trip with %s, by file and line', (_, row) => {
    expect(() => readTrips('trips.csv', `${header}\n${row}`)).toThrow(/trips.csv.*2/)
  })
})
