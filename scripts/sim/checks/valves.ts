import type { Sqlite } from '@baari/edge/adapters/ledger/open-database'
import type { PositionNo } from '@baari/shared/units/names'
import type { SimNozzle } from '../world/sim-nozzle.ts'
import type { WorldParts } from '../world/world-parts.ts'

/** A station whose durable rows can be looked at. */
type Looked = {
  readonly name: string
  /** Which ledger it has: another one once a disk is lost and a backup put in. */
  readonly ledgerNo: number
  look<T>(read: (db: Sqlite) => T): T
}
type Head = { readonly position: PositionNo; readonly nozzle: SimNozzle }

/**
 * What opens a valve is durable before it: no head is authorised, and no valve opens, without an
 * open fill in the ledger. Two cases are not the node's: the head's own manual mode, and a head
 * whose authorisation outlives the disk that knew of it. That gas is the orphan of the next start.
 */
export function watchValve(world: WorldParts, station: Looked, head: Head): void {
  const { position, nozzle } = head
  const place = `${station.name} position ${position}`
  let authorisedBy: number | undefined
  nozzle.onAuthorised = () => {
    authorisedBy = station.ledgerNo
    if (!hasOpenFill(station, position)) world.violation('no authorise without a fill', place)
  }
  nozzle.onOpen = () => {
    world.trace(station.name, `gas at position ${position}`)
    if (nozzle.isManual() || hasOpenFill(station, position)) return
    if (authorisedBy !== station.ledgerNo) return
    world.violation('no valve opens without a fill', place)
  }
}

function hasOpenFill(station: Looked, position: PositionNo): boolean {
  const open = station.look((db) =>
    db.prepare('SELECT 1 FROM fill WHERE position = ? AND open_mark = 1').get(position),
  )
  return open !== undefined
}
