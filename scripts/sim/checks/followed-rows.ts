import type { StationProcess } from '../world/station-process.ts'
import type { WorldParts } from '../world/world-parts.ts'

/**
 * A lookup never meets fewer bookings than there were: the cloud deletes none, so a table that
 * shrinks after any commit of the follower was emptied to be filled again (sync.md 6.9).
 */
export function watchRows(world: WorldParts, name: string, process: StationProcess): void {
  const count = process.db.prepare<[], number>('SELECT count(*) FROM booking').pluck()
  let before = count.get() ?? 0
  process.ledger.onCommit((names) => {
    if (!names.includes('follow.apply')) return
    const now = count.get() ?? 0
    if (now < before && !world.rowsMayShrink()) {
      world.violation('a lookup never sees fewer rows', `${name}: ${before} bookings, then ${now}`)
    }
    before = now
  })
}
