import Database from 'better-sqlite3'
import type { Millis } from '@baari/shared/units/time'

/**
 * Lets every walk-in that is not gone have come so much earlier, in the file of a node that is
 * stopped: the world has no other clock. Only what no op ever told again is moved, the ticket's row and
 * the place in the rule's own state, so that the hash chains of station and cloud stay equal.
 * Answers how many.
 */
export function cameEarlier(ledgerPath: string, by: Millis): number {
  const db = new Database(ledgerPath, { fileMustExist: true })
  try {
    const tickets = db.prepare<[number]>(
      `UPDATE ticket SET arrived_at_ms = arrived_at_ms - CAST(? AS INTEGER)
       WHERE kind = 'walk-in' AND state != 'closed'`,
    )
    const places = db.prepare<[{ readonly by: number }]>(
      `UPDATE queue_vehicle SET body = json_set(body,
         '$.arrival', json_extract(body, '$.arrival') - CAST(@by AS INTEGER),
         '$.walkInKey', json_extract(body, '$.walkInKey') - CAST(@by AS INTEGER))
       WHERE json_extract(body, '$.kind') = 'walk-in'`,
    )
    return db.transaction(() => {
      tickets.run(by)
      return places.run({ by }).changes
    })()
  } finally {
    db.close()
  }
}
