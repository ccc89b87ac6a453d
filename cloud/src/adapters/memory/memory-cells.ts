import { noCapacity, plus, type Capacity } from '@baari/shared/domain/lease/capacity'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { slotMs } from '@baari/shared/units/ist-calendar'
import { grams, noGrams } from '@baari/shared/units/mass'
import { instant, type Instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { openChannels } from '../../domain/booking/sale-rules.ts'
import type { CellRange, Cells, SaleCell } from '../../ports/sales.ts'
import type { CellRow, MemoryTables } from './memory-database.ts'

/** Capacity inside the transaction that runs; everybody else waits for its end anyway. */
export function memoryCells(tables: MemoryTables, term: Cells['term']): Cells {
  return {
    term,
    lock: (range) => Promise.resolve(freeCells(tables, range)),
    // There is no waiting list and no lot in memory.
    lotSold: () => Promise.resolve(new Map()),
    keptForOffers: () => Promise.resolve([]),
    openSold: ({ station }) => Promise.resolve(openSales(tables, station)),
    take(station, plan) {
      const rows = plan.map((cell) => tables.cell.get(cellKey(station, cell.start)))
      const fits = plan.every((cell, index) => hasRoom(rows[index], cell))
      if (!fits) return Promise.resolve(false)
      for (const [index, cell] of plan.entries()) {
        const row = rows[index]
        if (row !== undefined) tables.cell.put(cellKey(station, cell.start), sold(row, cell, 1))
      }
      return Promise.resolve(true)
    },
    giveBack(booking) {
      const station = tables.booking.get(booking)?.booking.station
      for (const cell of tables.bookingCell.get(booking) ?? []) {
        const key = cellKey(station ?? 0, cell.start)
        const row = tables.cell.get(key)
        if (row !== undefined) tables.cell.put(key, sold(row, cell, -1))
      }
      tables.bookingCell.remove(booking)
      return Promise.resolve()
    },
  }
}

/** Cells of a range in ascending order with what is left of them. */
export function freeCells(
  tables: MemoryTables,
  { station, from, to }: CellRange,
): readonly SaleCell[] {
  const found: SaleCell[] = []
  const open = openSales(tables, station)
  for (let start = Math.ceil(from / slotMs) * slotMs; start < to; start += slotMs) {
    const row = tables.cell.get(cellKey(station, start))
    if (row === undefined) continue
    found.push({
      start: instant(start),
      work: milliMinutes(Math.max(0, row.grantedWork - row.soldWork)),
      gas: grams(Math.max(0, row.grantedGas - row.soldGas)),
      granted: { work: row.grantedWork, gas: row.grantedGas },
      openSold: open.get(instant(start)) ?? noCapacity,
    })
  }
  return found
}

function openSales(tables: MemoryTables, station: number): ReadonlyMap<Instant, Capacity> {
  const sold = new Map<Instant, Capacity>()
  for (const [id, cells] of tables.bookingCell.entries()) {
    const booking = tables.booking.get(id)?.booking
    if (booking?.station !== station || !openChannels.includes(booking.channel)) continue
    for (const cell of cells) sold.set(cell.start, plus(sold.get(cell.start) ?? noCapacity, cell))
  }
  return sold
}

export const noneSold = { soldWork: milliMinutes(0), soldGas: noGrams } as const

export function cellKey(station: number, start: number): string {
  return `${station}/${start}`
}

function hasRoom(row: CellRow | undefined, { work, gas }: FreeCell): boolean {
  if (row === undefined) return false
  const workFits = work === 0 || row.soldWork + work <= row.grantedWork
  return workFits && (gas === 0 || row.soldGas + gas <= row.grantedGas)
}

/** A sale takes, a return gives back; *over* shrinks with what is given back and never grows here. */
function sold(row: CellRow, { work, gas }: FreeCell, sign: 1 | -1): CellRow {
  const soldWork = milliMinutes(row.soldWork + sign * work)
  const soldGas = grams(row.soldGas + sign * gas)
  if (sign === 1) return { ...row, soldWork, soldGas }
  return overOf({ ...row, soldWork, soldGas })
}

function overOf(row: CellRow): CellRow {
  return {
    ...row,
    overWork: milliMinutes(Math.max(0, row.soldWork - row.grantedWork)),
    overGas: grams(Math.max(0, row.soldGas - row.grantedGas)),
  }
}
