import { overOf, type CloudCell } from '@baari/shared/domain/lease/cloud-lease'
import { sameCapacity } from '@baari/shared/domain/lease/capacity'
import { inForce } from '@baari/shared/domain/lease/term'
import type { Clock } from '@baari/shared/runtime/clock'
import type { StationNo } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { LeaseAsks, Leases, LeaseTx, TermInForce } from '../../ports/leases.ts'
import { cellKey, noneSold } from './memory-cells.ts'
import type { CellRow, MemoryDatabase, MemoryTables } from './memory-database.ts'

/** The terms of all stations in memory. */
export function memoryLeases(db: MemoryDatabase): Leases {
  return {
    transact: (station, work) =>
      db.transact(() => {
        const row = db.tables.station.get(String(station))
        return row === undefined
          ? Promise.resolve(undefined)
          : work(leaseTx(db, station, row.generation))
      }),
  }
}

export function memoryLeaseAsks(db: MemoryDatabase): LeaseAsks {
  return {
    put: ({ station, windowStart, need, now }) =>
      db.transact(() => {
        const id = `${station}/${windowStart}`
        const { leaseAsk } = db.tables
        if (leaseAsk.has(id)) return Promise.resolve()
        leaseAsk.put(id, {
          ...{ id, station_no: station, window_start_ms: windowStart },
          ...{ milli_minutes: need.work, grams: need.gas, asked_at_ms: now },
        })
        return Promise.resolve()
      }),
  }
}

/** The term under which the cloud may sell now; none after the database came from a backup. */
export function termInForce(
  db: MemoryDatabase,
  clock: Clock,
  station: StationNo,
): TermInForce | undefined {
  const row = db.tables.leaseTerm.get(String(station))
  if (row === undefined || row.dbEpoch !== db.epoch) return undefined
  const { term } = row.held
  const { id, fence, cloudShare } = term
  return inForce(term, clock.now()) ? { term: id, fence, cloudShare } : undefined
}

function leaseTx(db: MemoryDatabase, station: StationNo, generation: number): LeaseTx {
  const { tables } = db
  return {
    generation,
    held: tables.leaseTerm.get(String(station))?.held,
    cells: (which) => Promise.resolve(cellsOf(tables, station, which)),
    save({ held, cells, asks }) {
      tables.leaseTerm.put(String(station), { held, dbEpoch: db.epoch })
      for (const cell of cells) saveCell(tables, station, cell)
      for (const id of asks) {
        if (tables.leaseAsk.get(id)?.['station_no'] === station) tables.leaseAsk.remove(id)
      }
      return Promise.resolve()
    },
  }
}

function cellsOf(
  { cell }: MemoryTables,
  station: StationNo,
  which: readonly Instant[] | { readonly from: Instant },
): readonly CloudCell[] {
  const isAsked = (row: CellRow): boolean =>
    row.station === station && 'from' in which && row.start >= which.from
  const rows =
    'from' in which
      ? [...cell.values()].filter(isAsked)
      : which.flatMap((start) => cell.get(cellKey(station, start)) ?? [])
  return rows.toSorted((a, b) => a.start - b.start).map(cloudCell)
}

function cloudCell(row: CellRow): CloudCell {
  return {
    start: row.start,
    granted: { work: row.grantedWork, gas: row.grantedGas },
    sold: { work: row.soldWork, gas: row.soldGas },
  }
}

/** Sold is not the lease's to write; a shrink shows as over. */
function saveCell({ cell }: MemoryTables, station: StationNo, { start, granted }: CloudCell): void {
  const key = cellKey(station, start)
  const before = cell.get(key)
  if (before !== undefined && sameCapacity(cloudCell(before).granted, granted)) return
  const sold =
    before === undefined ? noneSold : { soldWork: before.soldWork, soldGas: before.soldGas }
  const over = overOf({ granted, sold: { work: sold.soldWork, gas: sold.soldGas } })
  cell.put(key, {
    ...{ station, start, grantedWork: granted.work, grantedGas: granted.gas },
    ...{ ...sold, overWork: over.work, overGas: over.gas },
  })
}
