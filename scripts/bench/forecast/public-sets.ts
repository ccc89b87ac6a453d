import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { csvRecords } from '../../cli/csv/csv-records.ts'
import { demandSet, type DemandRow, type DemandSet } from './demand-set.ts'

/**
 * Where public counts lie: beside the project, never in it, because their licences are not settled.
 * `BAARI_DEMAND_DATA` names another place.
 */
export const demandFolder =
  process.env['BAARI_DEMAND_DATA'] ??
  fileURLToPath(new URL('../../../../shared/data/demand', import.meta.url))

const hourMs = 3_600_000

/** The public sets that are there; a missing one is said. */
export function publicSets(say: (line: string) => void): readonly DemandSet[] {
  const sets = [
    { file: 'bike_hour.csv', read: bikeHires },
    { file: 'ev_dundee_sessions.csv', read: chargingSessions },
  ]
  return sets.flatMap(({ file, read }) => {
    const path = join(demandFolder, file)
    if (existsSync(path)) return [read(records(path))]
    say(`${file} is not beside the project: its figures are missing`)
    return []
  })
}

type Rows = readonly Readonly<Record<string, string>>[]

export function records(path: string): Rows {
  const [head, ...rows] = [...csvRecords(path, readFileSync(path, 'utf8'))]
  const names = head?.cells ?? []
  return rows.map(({ cells }) =>
    Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])),
  )
}

const weather = ['temp', 'atemp', 'hum', 'windspeed', 'weathersit', 'holiday', 'workingday']

/** Hourly hires; an hour that is absent had none. */
function bikeHires(rows: Rows): DemandSet {
  const byHour = new Map(rows.map((row) => [hourOf(row), row]))
  const hours = hoursOf(byHour.keys())
  return demandSet({
    name: 'bike',
    covariates: weather,
    bars: { skillMin: 0.35, maeMax: 41.5, pinballMax: 40 },
    rows: hours.map((atMs): DemandRow => {
      const row = byHour.get(atMs)
      const value = Number(row?.['cnt'] ?? 0)
      return { series: 'bike', atMs, value, covariates: weather.map((name) => row?.[name] ?? '') }
    }),
  })
}

/** `dteday` is month/day/year. */
function hourOf(row: Rows[number]): number {
  const [month = 1, day = 1, year = 1970] = (row['dteday'] ?? '').split('/').map(Number)
  return Date.UTC(year, month - 1, day, Number(row['hr']))
}

/** Sessions started in each hour at all sites; hours without any are 0, the hole included. */
function chargingSessions(rows: Rows): DemandSet {
  const counts = new Map<number, number>()
  for (const row of rows) {
    const start = Date.parse(`${(row['start'] ?? '').replace(' ', 'T')}Z`)
    const hour = Math.floor(start / hourMs) * hourMs
    counts.set(hour, (counts.get(hour) ?? 0) + 1)
  }
  return demandSet({
    name: 'dundee',
    covariates: [],
    bars: { skillMin: 0.15 },
    rows: wholeDays(hoursOf(counts.keys())).map((atMs) => ({
      series: 'all',
      atMs,
      value: counts.get(atMs) ?? 0,
      covariates: [],
    })),
  })
}

function hoursOf(times: Iterable<number>): readonly number[] {
  const sorted = [...times].sort((a, b) => a - b)
  const first = sorted[0] ?? 0
  const last = sorted[sorted.length - 1] ?? 0
  return Array.from({ length: (last - first) / hourMs + 1 }, (_, at) => first + at * hourMs)
}

/** The same hours from the first midnight to the last. */
function wholeDays(hours: readonly number[]): readonly number[] {
  const day = 24 * hourMs
  const first = Math.floor((hours[0] ?? 0) / day) * day
  const last = Math.ceil(((hours[hours.length - 1] ?? 0) + 1) / day) * day
  return Array.from({ length: (last - first) / hourMs }, (_, at) => first + at * hourMs)
}
