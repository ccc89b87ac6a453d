import type { Plate } from '@baari/shared/domain/plate/plate'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { retimable, type RetimeCause } from '../../domain/booking/retime.ts'
import type { Language, MessageFacts } from '../../domain/messaging/message-texts.ts'
import type { Drivers } from '../../ports/people.ts'
import type { Addressed, FindAddressed } from '../../ports/written-messages.ts'

type Row = {
  readonly driver_id: string
  readonly language: Language
  readonly plate: Plate
  readonly cause: RetimeCause | null
  readonly from_window_ms: string | null
  readonly to_window_ms: string | null
}

/** Reads what a message tells of at the moment of sending, so that nobody is told what is over. */
export function writtenMessagesOf(pool: Pool, drivers: Pick<Drivers, 'find'>): FindAddressed {
  return async ({ kind, booking, offer }, now): Promise<Addressed | undefined> => {
    const offers = kind === 'standby_offer' ? standbySql : retimeSql
    const { rows } = await pool.query<Row>(offers, [booking, offer, statesOf(kind)])
    const [row] = rows
    const driver = row && (await drivers.find(row.driver_id))
    const facts = row && factsOf(row, now)
    if (row === undefined || driver === undefined || facts === undefined) return undefined
    return { to: driver.phone, language: row.language, facts }
  }
}

/** An offer that nobody has answered, or a notice, of a booking that still waits for its window. */
const retimeSql = `
  SELECT d.id AS driver_id, d.language, b.plate, o.cause, o.from_window_ms, o.to_window_ms
  FROM booking b JOIN driver d ON d.id = b.driver_id JOIN retime_offer o ON o.booking_id = b.id
  WHERE b.id = $1 AND o.id = $2 AND b.state = ANY ($3::text[])
    AND (o.answer IS NULL OR o.answer = 'told')`

const standbySql = `
  SELECT d.id AS driver_id, d.language, b.plate, NULL AS cause, NULL AS from_window_ms,
    o.window_start_ms AS to_window_ms
  FROM booking b JOIN driver d ON d.id = b.driver_id JOIN standby_offer o ON o.booking_id = b.id
  WHERE b.id = $1 AND o.id = $2 AND b.state = ANY ($3::text[]) AND o.answer IS NULL`

const statesOf = (kind: MessageFacts['kind']): readonly string[] =>
  kind === 'standby_offer' ? ['waitlisted'] : [...retimable]

function factsOf(row: Row, now: Instant): MessageFacts | undefined {
  const { plate } = row
  const at = (ms: string | null): Instant | undefined =>
    ms === null ? undefined : instant(Number(ms))
  const [from, to] = [at(row.from_window_ms), at(row.to_window_ms)]
  if (row.cause === null) return to && { kind: 'standby_offer', plate, now, to }
  if (from === undefined) return undefined
  const told = { plate, now, cause: row.cause, from }
  return to === undefined
    ? { kind: 'retime_notice', ...told }
    : { kind: 'retime_offer', ...told, to }
}
