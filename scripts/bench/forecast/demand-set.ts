/** One value of a series; NaN is unknown. Cells of covariates stand as in a file. */
export type DemandRow = {
  readonly series: string
  /** Start of the step, milliseconds since 1970-01-01T00:00Z, local wall clock written as UTC. */
  readonly atMs: number
  readonly value: number
  readonly covariates: readonly string[]
}

/** A data set as the three files of the command, and what a forecast of it must reach. */
export type DemandSet = {
  readonly name: string
  readonly history: string
  readonly future: string
  readonly actuals: string
  /** By series and time: what came, history and future. */
  readonly values: ReadonlyMap<string, number>
  readonly bars: {
    /** Least share by which seasonal naive is undercut. */
    readonly skillMin?: number
    /** Largest error against seasonal naive. */
    readonly ratioMax?: number
    readonly maeMax?: number
    readonly pinballMax?: number
  }
}

export const weekMs = 7 * 86_400_000
const historyShare = 0.8

export const keyOf = (series: string, atMs: number): string => `${series} ${atMs}`

export type SetOf = Pick<DemandSet, 'name' | 'bars'> & {
  readonly covariates: readonly string[]
  readonly rows: readonly DemandRow[]
  /** What a logger does to the history; the future stays clean. */
  readonly damage?: (lines: readonly string[]) => readonly string[]
}

/**
 * Cuts rows at four fifths of the distinct times that have a value and one a week earlier, the
 * protocol of all figures.
 */
export function demandSet({ name, bars, covariates, rows, damage }: SetOf): DemandSet {
  const values = new Map<string, number>()
  for (const { series, atMs, value } of rows) {
    if (!Number.isNaN(value)) values.set(keyOf(series, atMs), value)
  }
  const scored = rows.filter(
    ({ series, atMs }) =>
      values.has(keyOf(series, atMs)) && values.has(keyOf(series, atMs - weekMs)),
  )
  const times = [...new Set(scored.map(({ atMs }) => atMs))].sort((a, b) => a - b)
  const cut = times[Math.floor(historyShare * times.length)] ?? 0
  const past = rows.filter(({ atMs }) => atMs < cut)
  const ahead = rows.filter(({ atMs }) => atMs >= cut)
  const line = ({ series, atMs, covariates: own }: DemandRow, value?: number): string =>
    [
      series,
      new Date(atMs).toISOString(),
      ...(value === undefined ? [] : [Number.isNaN(value) ? '' : String(value)]),
      ...own,
    ].join(',')
  const table = (head: readonly string[], lines: readonly string[]): string =>
    `${[head.join(','), ...lines].join('\n')}\n`
  const lines = past.map((row) => line(row, row.value))
  return {
    name,
    bars,
    values,
    history: table(['series', 'ts', 'value', ...covariates], damage?.(lines) ?? lines),
    future: table(
      ['series', 'ts', ...covariates],
      ahead.map((row) => line(row)),
    ),
    actuals: table(
      ['series', 'ts', 'value'],
      ahead.map((row) => line({ ...row, covariates: [] }, row.value)),
    ),
  }
}
