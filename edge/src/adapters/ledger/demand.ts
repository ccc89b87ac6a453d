import { quarterMs, type QuarterCount } from '@baari/shared/domain/forecast/serving/station-demand'
import { grams } from '@baari/shared/units/mass'
import { instant } from '@baari/shared/units/time'
import type { Demand } from '../../ports/demand.ts'
import type { LedgerSession } from './ledger-session.ts'

type QuarterRow = {
  readonly start_ms: number
  readonly walk_in_auto: number
  readonly walk_in_car: number
  readonly walk_in_lcv: number
  readonly walk_in_bus: number
  readonly arrivals: number
  readonly delivered_grams: number
}

/** A row for each quarter hour the node was up for; counted from tickets and fills. */
export function demandOf({ sqlite }: LedgerSession): Demand {
  const ofClass = (name: string): string =>
    `coalesce(sum(kind = 'walk-in' AND vehicle_class = '${name}'), 0) AS walk_in_${name}`
  const came = sqlite.prepare<[number, number], Omit<QuarterRow, 'start_ms' | 'delivered_grams'>>(
    `SELECT ${['auto', 'car', 'lcv', 'bus'].map(ofClass).join(', ')}, count(*) AS arrivals
     FROM ticket WHERE arrived_at_ms >= ? AND arrived_at_ms < ?`,
  )
  const delivered = sqlite
    .prepare<[number, number], number>(
      `SELECT coalesce(sum(delivered_grams), 0) FROM fill
       WHERE ended_at_ms >= ? AND ended_at_ms < ? AND state = 'settled'`,
    )
    .pluck()
  const write = sqlite.prepare<QuarterRow>(
    `INSERT INTO demand_quarter VALUES (@start_ms, @walk_in_auto, @walk_in_car, @walk_in_lcv,
       @walk_in_bus, @arrivals, @delivered_grams) ON CONFLICT DO NOTHING`,
  )
  const newest = sqlite
    .prepare<[], number | null>('SELECT max(start_ms) FROM demand_quarter')
    .pluck()
  const since = sqlite.prepare<[number], QuarterRow>(
    'SELECT * FROM demand_quarter WHERE start_ms >= ? ORDER BY start_ms',
  )
  const drop = sqlite.prepare<[number]>('DELETE FROM demand_quarter WHERE start_ms < ?')
  return {
    count(start) {
      const end = start + quarterMs
      const row = came.get(start, end)
      const noted = { walk_in_auto: 0, walk_in_car: 0, walk_in_lcv: 0, walk_in_bus: 0, arrivals: 0 }
      const gas = delivered.get(start, end) ?? 0
      return countOf({ ...noted, ...row, start_ms: start, delivered_grams: gas })
    },
    save({ start, walkIns, arrivals, delivered: gas }) {
      write.run({
        start_ms: start,
        ...{ walk_in_auto: walkIns.auto, walk_in_car: walkIns.car },
        ...{ walk_in_lcv: walkIns.lcv, walk_in_bus: walkIns.bus },
        ...{ arrivals, delivered_grams: gas },
      })
    },
    newest() {
      const at = newest.get()
      return at === null || at === undefined ? undefined : instant(at)
    },
    since: (from) => since.all(from).map(countOf),
    dropBefore: (before) => void drop.run(before),
  }
}

function countOf(row: QuarterRow): QuarterCount {
  return {
    start: instant(row.start_ms),
    walkIns: {
      auto: row.walk_in_auto,
      car: row.walk_in_car,
      lcv: row.walk_in_lcv,
      bus: row.walk_in_bus,
    },
    arrivals: row.arrivals,
    delivered: grams(row.delivered_grams),
  }
}
