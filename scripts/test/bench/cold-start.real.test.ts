import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { coldStart, pooledProfile } from '@baari/shared/domain/forecast/serving/pooled-profile'
import { clearHoles } from '@baari/shared/domain/forecast/series/clean-values'
import {
  meanBetween,
  runningSums,
  type SeriesGrid,
} from '@baari/shared/domain/forecast/series/series-grid'
import { placeOf } from '@baari/shared/domain/forecast/serving/shrunk-profile'
import { expect, it } from 'vitest'
import { demandFolder, records } from '../../bench/forecast/public-sets.ts'

const path = join(demandFolder, 'ev_dundee_sessions.csv')
const missing = existsSync(path) ? undefined : 'the public sets are not beside the project'
const hourMs = 3_600_000
const week = 168

/** Hourly sessions of each site with at least two a day; the hole of the recording is unknown. */
function sites(): readonly SeriesGrid[] {
  const rows = records(path)
  const times = rows.map((row) => Date.parse(`${row['start']?.replace(' ', 'T')}Z`))
  const [start, end] = [Date.UTC(2017, 8, 1), Math.max(...times)]
  const cells = Math.floor((end - start) / hourMs)
  const bySite = new Map<string, Float64Array>()
  rows.forEach((row, at) => {
    const values = bySite.get(row['site'] ?? '') ?? new Float64Array(cells)
    const cell = Math.floor((times[at]! - start) / hourMs)
    if (cell >= 0 && cell < cells) values[cell] = values[cell]! + 1
    bySite.set(row['site'] ?? '', values)
  })
  const all = new Float64Array(cells)
  for (const values of bySite.values()) values.forEach((value, cell) => (all[cell]! += value))
  clearHoles(all, hourMs)
  return [...bySite].flatMap(([name, raw]) => {
    const values = raw.map((value, cell) => (Number.isNaN(all[cell]!) ? Number.NaN : value))
    const sum = raw.reduce((total, value) => total + value, 0)
    if (sum < (2 * cells) / 24) return []
    const offsetMinutes = new Int16Array(cells)
    const base = { name, startMs: start, stepMs: hourMs, values, offsetMinutes, covariates: [] }
    return [{ ...base, ...runningSums(values, base) }]
  })
}

/** The site as if it had opened at `from`: nothing before is known of it. */
function openedAt(grid: SeriesGrid, from: number): SeriesGrid {
  const values = grid.values.map((value, cell) => (cell < from ? Number.NaN : value))
  return { ...grid, values, ...runningSums(values, grid) }
}

/** Squared errors over two weeks of the pooled forecast and of the site's own seasonal naive. */
function errorsOf(grid: SeriesGrid, others: readonly SeriesGrid[], weeks: number) {
  const from = Math.floor(grid.values.length * 0.6)
  const origin = from + weeks * week
  const known = others.map((other) => {
    const values = other.values.slice(0, from)
    return {
      ...other,
      values,
      offsetMinutes: other.offsetMinutes.slice(0, from),
      ...runningSums(values, other),
    }
  })
  const levels = known.map((other) => {
    const until = other.values.length - 1
    return other.counts.at(-1) === 0 ? 0 : meanBetween({ grid: other, until }, 0, until)
  })
  const usualLevel = levels.reduce((sum, level) => sum + level, 0) / levels.length
  const profile = pooledProfile(known)
  const start = { profile, usualLevel, until: origin - 1 }
  const rates = coldStart(openedAt(grid, from), start)
  let [pooled, naive] = [0, 0]
  for (let cell = origin; cell < origin + 2 * week; cell += 1) {
    const y = grid.values[cell]!
    if (Number.isNaN(y)) continue
    const back = cell - week * Math.ceil((cell - origin + 1) / week)
    const own = back >= from ? grid.values[back]! : 0
    pooled += (y - rates[placeOf(grid, cell)]!) ** 2
    naive += (y - (Number.isNaN(own) ? 0 : own)) ** 2
  }
  return { pooled, naive }
}

it('a site left out is forecast better by the others’ profile than by its own last week', ({
  skip,
}) => {
  skip(missing !== undefined, missing)
  const all = sites()
  expect(all.length).toBeGreaterThan(5)
  const ratios = [0, 1, 2, 4].map((weeks) => {
    const sums = all.map((site) =>
      errorsOf(
        site,
        all.filter((other) => other !== site),
        weeks,
      ),
    )
    const total = (of: (one: (typeof sums)[number]) => number): number =>
      sums.reduce((sum, one) => sum + of(one), 0)
    return Math.sqrt(total(({ pooled }) => pooled) / total(({ naive }) => naive))
  })
  for (const ratio of ratios) expect(ratio).toBeLessThan(0.95)
})
