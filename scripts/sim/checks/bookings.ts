import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { SimCloud } from '../world/sim-cloud.ts'
import type { Station } from '../world/station.ts'
import type { WorldParts } from '../world/world-parts.ts'

type FollowedRow = { readonly id: string; readonly state: string; readonly rev: number }
type LastUse = { readonly state: string; readonly part: number }

/**
 * After quiet a booking is the same on both sides: the row a station follows is the cloud's, and
 * the cloud's state is the one that the station's own facts lead to.
 */
export function checkBookings(world: WorldParts, cloud: SimCloud, station: Station): void {
  const rows = station.look((db) =>
    db.prepare<[], FollowedRow>('SELECT id, state, rev FROM booking').all(),
  )
  const followed = new Map(rows.map((row) => [row.id, row]))
  for (const { booking } of cloud.stores.db.tables.booking.values()) {
    if (booking.station !== station.no) continue
    const row = followed.get(booking.id)
    followed.delete(booking.id)
    if (row?.state !== booking.state || row.rev !== booking.rev) {
      const detail = `${booking.id}: ${row?.state} at ${station.name}, ${booking.state} in the cloud`
      world.violation('a booking is the same on both sides', detail)
    }
    checkAgainstUses(world, station, booking)
  }
  for (const [id] of followed) {
    world.violation('a booking is the same on both sides', `${id} is at ${station.name} only`)
  }
}

const ended: ReadonlySet<BookingState> = new Set(['completed', 'part_filled'])

function checkAgainstUses(
  world: WorldParts,
  station: Station,
  { id, state }: { readonly id: string; readonly state: BookingState },
): void {
  const use = station.look((db) =>
    db
      .prepare<[string], LastUse>(
        `SELECT state, part_filled AS part FROM check_in WHERE booking = ? AND state <> 'released'
         ORDER BY use_no DESC LIMIT 1`,
      )
      .get(id),
  )
  const served = ended.has(state) || state === 'filling'
  if (use?.state === 'redeemed' && !served) {
    world.violation('gas outranks every other state', `${id} was served and is ${state}`)
  }
  if (use?.state === 'claimed' && state !== 'checked_in') {
    world.violation(
      'a check-in outranks what ended before',
      `${id} is at ${station.name}: ${state}`,
    )
  }
  if (use === undefined && (served || state === 'checked_in')) {
    world.violation('a booking nobody used was not served', `${id} is ${state}`)
  }
}
