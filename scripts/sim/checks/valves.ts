import type { Sqlite } from '@baari/edge/adapters/ledger/open-database'
import type { PositionNo } from '@baari/shared/units/names'
import type { SimNozzle } from '../world/sim-nozzle.ts'
import type { WorldParts } from '../world/world-parts.ts'

/** A station whose durable rows can be looked at. */
type Looked = { readonly name: string; look<T>(read: (db: Sqlite) => T): T }
type Opened = { readonly position: PositionNo; readonly nozzle: SimNozzle }

/** No valve opens without a fill that is durable in the ledger, but by the head's own manual mode. */
export function valveNeedsFill(
  world: WorldParts,
  station: Looked,
  { position, nozzle }: Opened,
): void {
  world.trace(station.name, `gas at position ${position}`)
  if (nozzle.isManual()) return
  const open = station.look((db) =>
    db.prepare('SELECT 1 FROM fill WHERE position = ? AND open_mark = 1').get(position),
  )
  if (open === undefined) {
    world.violation('no valve opens without a fill', `${station.name} position ${position}`)
  }
}
