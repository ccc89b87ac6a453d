import type { CellRow } from '@baari/cloud/adapters/memory/memory-database'
import type { RowChange } from '@baari/cloud/adapters/memory/memory-table'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { WorldParts } from '../world/world-parts.ts'

/**
 * No oversell: at each commit that took from a cell, what is sold fits what was granted then. A
 * later shrink may leave more sold than granted, which is *over* and no sale.
 */
export function watchCells(world: WorldParts, cloud: SimCloud): void {
  cloud.stores.db.onCommit((changes) => {
    for (const change of changes) if (change.table === 'slot_cell') checkSale(world, change)
  })
}

function checkSale(world: WorldParts, { key, before, after }: RowChange): void {
  const [old, now] = [before as CellRow | undefined, after as CellRow | undefined]
  if (now === undefined) return
  const work = now.soldWork > (old?.soldWork ?? 0) && now.soldWork > now.grantedWork
  const gas = now.soldGas > (old?.soldGas ?? 0) && now.soldGas > now.grantedGas
  if (work || gas) {
    const detail = `${key}: ${now.soldWork} of ${now.grantedWork}, ${now.soldGas} of ${now.grantedGas} g`
    world.violation('no cell is oversold', detail)
  }
}

/** What cells say is sold is what bookings say they took. */
export function checkCells(world: WorldParts, cloud: SimCloud): void {
  const { cell, bookingCell, booking } = cloud.stores.db.tables
  const taken = new Map<string, { work: number; gas: number }>()
  for (const [id, cells] of bookingCell.entries()) {
    const station = booking.get(id)?.booking.station
    for (const { start, work, gas } of cells) {
      const sum = taken.get(`${station}/${start}`) ?? { work: 0, gas: 0 }
      taken.set(`${station}/${start}`, { work: sum.work + work, gas: sum.gas + gas })
    }
  }
  for (const [key, row] of cell.entries()) {
    const sum = taken.get(key) ?? { work: 0, gas: 0 }
    if (row.soldWork === sum.work && row.soldGas === sum.gas) continue
    const detail = `${key}: sold ${row.soldWork} and ${row.soldGas} g, bookings ${sum.work} and ${sum.gas} g`
    world.violation('cells hold what bookings took', detail)
  }
}
