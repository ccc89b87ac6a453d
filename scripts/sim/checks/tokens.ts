import type { SimCloud } from '../world/sim-cloud.ts'
import type { Station } from '../world/station.ts'
import type { WorldParts } from '../world/world-parts.ts'

type UseRow = {
  readonly booking: string
  readonly useNo: number
  readonly state: string
  readonly fill: string | null
}

/**
 * No token is redeemed twice: gas was sold on each use at most once, and the cloud has each use in
 * the state that the station has it in. A rest after a part-filled fill is part of the same use.
 */
export function checkTokens(world: WorldParts, cloud: SimCloud, station: Station): void {
  const uses = station.look((db) =>
    db.prepare<[], UseRow>('SELECT booking, use_no AS useNo, state, fill FROM check_in').all(),
  )
  const { checkIn } = cloud.stores.db.tables
  for (const { booking, useNo, state, fill } of uses) {
    const told = checkIn.get(`${booking}/${useNo}`)
    if (told?.state === state && (state !== 'redeemed' || told.fill === fill)) continue
    const detail = `${booking} use ${useNo}: ${state} ${fill}, cloud ${told?.state} ${told?.fill}`
    world.violation('both sides have each use alike', detail)
  }
  checkFillsOfUses(world, station)
}

function checkFillsOfUses(world: WorldParts, station: Station): void {
  const sold = station.look((db) =>
    db
      .prepare<[], { booking: string; useNo: number; fills: number; grams: number; due: number }>(
        `SELECT f.booking, f.use_no AS useNo, count(*) AS fills, sum(f.delivered_grams) AS grams,
           (SELECT grams FROM booking b WHERE b.id = f.booking) AS due
         FROM fill f WHERE f.booking IS NOT NULL AND f.state = 'settled' AND f.delivered_grams > 0
         GROUP BY f.booking, f.use_no HAVING count(*) > 1`,
      )
      .all(),
  )
  for (const { booking, useNo, fills, grams } of sold) {
    const before = station.look((db) =>
      db
        .prepare<[string, number], { n: number }>(
          `SELECT count(*) AS n FROM fill f WHERE f.booking = ? AND f.use_no = ?
             AND f.state = 'settled' AND f.delivered_grams * 2 >= f.limit_grams`,
        )
        .get(booking, useNo),
    )
    if ((before?.n ?? 0) <= 1) continue
    world.violation(
      'no token use is redeemed twice',
      `${booking}/${useNo}: ${fills} fills, ${grams} g`,
    )
  }
}

/** Two tickets of one use never stand open together; the check runs while the world does. */
export function checkOpenTickets(world: WorldParts, station: Station): void {
  const doubled = station.look((db) =>
    db
      .prepare<[], { booking: string; n: number }>(
        `SELECT booking, count(*) AS n FROM ticket WHERE state <> 'closed' AND booking IS NOT NULL
         GROUP BY booking HAVING count(*) > 1`,
      )
      .all(),
  )
  for (const { booking, n } of doubled) {
    world.violation('one use, one open ticket', `${station.name}: ${booking} has ${n}`)
  }
}
