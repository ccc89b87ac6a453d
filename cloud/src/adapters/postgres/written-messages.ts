import type { Plate } from '@baari/shared/domain/plate/plate'
import { drawnBy } from '@baari/shared/domain/slots/rolling-share'
import { instant, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { retimable, type RetimeCause } from '../../domain/booking/retime.ts'
import type { Language, MessageFacts } from '../../domain/messaging/message-texts.ts'
import type { OutboxMessage } from '../../ports/outbox.ts'
import type { Drivers } from '../../ports/people.ts'
import type { Addressed, FindAddressed } from '../../ports/written-messages.ts'

/** Whom a message is for, and what it tells; the facts are undefined where it is over. */
type Told = {
  readonly driver: string
  readonly language: Language
  readonly facts: MessageFacts | undefined
}

/** Reads what a message tells of at the moment of sending, so that nobody is told what is over. */
export function writtenMessagesOf(pool: Pool, drivers: Pick<Drivers, 'find'>): FindAddressed {
  return async (message, now): Promise<Addressed | undefined> => {
    const told = await (isOfLot(message) ? ofLot : ofOffer)(pool, message, now)
    if (told?.facts === undefined) return undefined
    const driver = await drivers.find(told.driver)
    return driver && { to: driver.phone, language: told.language, facts: told.facts }
  }
}

function isOfLot({ kind }: OutboxMessage): boolean {
  return kind === 'lot_won' || kind === 'lot_lost' || kind === 'lot_refused'
}

type OfferRow = {
  readonly driver_id: string
  readonly language: Language
  readonly plate: Plate
  readonly cause: RetimeCause | null
  readonly from_window_ms: string | null
  readonly to_window_ms: string | null
}

async function ofOffer(
  pool: Pool,
  { kind, booking, offer }: OutboxMessage,
  now: Instant,
): Promise<Told | undefined> {
  const standby = kind === 'standby_offer'
  const states = standby ? ['waitlisted'] : [...retimable]
  const sql = standby ? standbySql : retimeSql
  const { rows } = await pool.query<OfferRow>(sql, [booking, offer, states])
  const [row] = rows
  return row && { driver: row.driver_id, language: row.language, facts: factsOf(row, now) }
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

function factsOf(row: OfferRow, now: Instant): MessageFacts | undefined {
  const { plate } = row
  const [from, to] = [momentOf(row.from_window_ms), momentOf(row.to_window_ms)]
  if (row.cause === null) return to && { kind: 'standby_offer', plate, now, to }
  if (from === undefined) return undefined
  const told = { plate, now, cause: row.cause, from }
  return to === undefined
    ? { kind: 'retime_notice', ...told }
    : { kind: 'retime_offer', ...told, to }
}

function momentOf(ms: string | null): Instant | undefined {
  return ms === null ? undefined : instant(Number(ms))
}

type LotRow = {
  readonly driver_id: string
  readonly language: Language
  readonly plate: Plate
  readonly result: 'won' | 'lost' | 'refused'
  readonly code: string | null
  readonly wished_ms: string
  readonly booked_ms: string | null
}

/** A winner's window as it is booked now; a booking that is over is not told of any more. */
const lotSql = `
  SELECT d.id AS driver_id, d.language, e.plate, e.result, e.code, e.window_start_ms AS wished_ms,
    b.window_start_ms AS booked_ms
  FROM lot_entry e JOIN driver d ON d.id = e.driver_id
  LEFT JOIN booking b ON b.id = e.booking_id AND b.state = ANY ($2::text[])
  WHERE e.id = $1 AND e.result IS NOT NULL`

async function ofLot(
  pool: Pool,
  { offer }: OutboxMessage,
  now: Instant,
): Promise<Told | undefined> {
  const { rows } = await pool.query<LotRow>(lotSql, [offer, [...retimable]])
  const [row] = rows
  return row && { driver: row.driver_id, language: row.language, facts: lotFactsOf(row, now) }
}

function lotFactsOf(row: LotRow, now: Instant): MessageFacts | undefined {
  const about = { plate: row.plate, now }
  const [from, to] = [instant(Number(row.wished_ms)), momentOf(row.booked_ms)]
  switch (row.result) {
    case 'won':
      return to && { ...about, kind: 'lot_won', to }
    case 'lost':
      return { ...about, kind: 'lot_lost', from, to: drawnBy(from) }
    case 'refused':
      return { ...about, kind: 'lot_refused', from, isBooked: row.code === 'vehicle_has_booking' }
  }
}
