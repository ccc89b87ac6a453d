import { offersPerBooking } from '@baari/shared/domain/slots/retime'
import type { FreeCell } from '@baari/shared/domain/slots/taking-plan'
import { grams } from '@baari/shared/units/mass'
import { bookingId, stationNo, type BookingId } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import type { Pool, PoolClient } from 'pg'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { retimable, type RetimeCause, type RetimeOffer } from '../../domain/booking/retime.ts'
import type {
  CommittedBooking,
  ImpossibleBooking,
  OverStation,
  Retimes,
  RetimeTx,
} from '../../ports/retimes.ts'
import type { CellRange } from '../../ports/sales.ts'
import { cellLoads, keptForOffers } from './cells.ts'
import { databaseOf } from './database.ts'
import { putMessage } from './outbox.ts'
import { transactResult } from './pool.ts'
import { saleTxOf } from './sale-book.ts'
import { bookingCell } from './schema/bookings.ts'

export type RetimesDeps = { readonly pool: Pool; readonly clock: Clock; readonly ids: IdSource }

/** Re-timing in PostgreSQL. */
export function retimesOf(deps: RetimesDeps): Retimes {
  const { pool } = deps
  return {
    transact: (work) => transactResult(pool, (client) => work(retimeTxOf(client, deps))),
    overCells: (span) => overCells(pool, span),
    impossible: (span) => impossible(pool, span),
    committed: (range) => committed(pool, range),
    loads: (range) => cellLoads(databaseOf(pool), range),
    kept: (range) => keptForOffers(databaseOf(pool), range, null),
    async open(limit) {
      const { rows } = await pool.query<OfferRow>(
        'SELECT * FROM retime_offer WHERE answer IS NULL ORDER BY sent_at_ms LIMIT $1',
        [limit],
      )
      return rows.map(offerOf)
    },
    async of(bookings) {
      if (bookings.length === 0) return new Map()
      const { rows } = await pool.query<OfferRow>(
        'SELECT * FROM retime_offer WHERE answer IS NULL AND booking_id = ANY ($1::uuid[])',
        [bookings],
      )
      return new Map(rows.map((row) => [bookingId(row.booking_id), offerOf(row)]))
    },
  }
}

type OfferRow = {
  readonly id: string
  readonly booking_id: string
  readonly station_no: number
  readonly cause: RetimeCause
  readonly from_window_ms: string
  readonly to_window_ms: string | null
  readonly milli_minutes: string
  readonly grams: string
  readonly sent_at_ms: string
  readonly delivered_at_ms: string | null
}

function offerOf(row: OfferRow): RetimeOffer {
  const { to_window_ms: to, delivered_at_ms: delivered } = row
  return {
    id: row.id,
    booking: bookingId(row.booking_id),
    station: stationNo(row.station_no),
    cause: row.cause,
    from: instant(Number(row.from_window_ms)),
    to: to === null ? undefined : instant(Number(to)),
    need: { work: milliMinutes(Number(row.milli_minutes)), gas: grams(Number(row.grams)) },
    sentAt: instant(Number(row.sent_at_ms)),
    deliveredAt: delivered === null ? undefined : instant(Number(delivered)),
  }
}

async function overCells(
  pool: Pool,
  { from, to, limit }: Parameters<Retimes['overCells']>[0],
): Promise<readonly OverStation[]> {
  const { rows } = await pool.query<{
    readonly station_no: number
    readonly cells: readonly (readonly [number, number, number])[]
  }>(
    `SELECT station_no, json_agg(json_build_array(cell_start_ms, over_milli_minutes, over_grams)
       ORDER BY cell_start_ms) AS cells
     FROM slot_cell WHERE (over_milli_minutes > 0 OR over_grams > 0)
       AND cell_start_ms >= $1 AND cell_start_ms < $2
     GROUP BY station_no ORDER BY station_no LIMIT $3`,
    [from, to, limit],
  )
  return rows.map(({ station_no: no, cells }) => ({
    station: stationNo(no),
    over: new Map(
      cells.map(([start, work, gas]) => [
        instant(start),
        { work: milliMinutes(work), gas: grams(gas) },
      ]),
    ),
  }))
}

const outStates = ['closed', 'fault', 'offline']

async function impossible(
  pool: Pool,
  { from, to, limit }: Parameters<Retimes['impossible']>[0],
): Promise<readonly ImpossibleBooking[]> {
  const { rows } = await pool.query<{
    readonly id: string
    readonly window_start_ms: string
    readonly told: boolean
  }>(
    `SELECT b.id, b.window_start_ms, EXISTS (
       SELECT 1 FROM retime_offer o WHERE o.booking_id = b.id AND o.answer IS NOT NULL
         AND o.from_window_ms = b.window_start_ms) AS told
     FROM booking b
     WHERE b.window_start_ms >= $1 AND b.window_start_ms < $2 AND b.state = ANY ($3::text[])
       AND EXISTS (SELECT 1 FROM station_state t
         WHERE t.station_no = b.station_no AND t.key LIKE 'position/%')
       AND NOT EXISTS (
         SELECT 1 FROM station_position p
         LEFT JOIN station_state t ON t.station_no = p.station_no
           AND t.key = 'position/' || p.position_no
         WHERE p.station_no = b.station_no AND p.working AND b.nozzle = ANY (p.nozzles)
           AND coalesce(t.value ->> 'state', 'free') <> ALL ($4::text[]))
     ORDER BY b.window_start_ms, b.id LIMIT $5`,
    [from, to, [...retimable], outStates, limit],
  )
  return rows.map(({ id, window_start_ms: start, told }) => ({
    ...{ id: bookingId(id), windowStart: instant(Number(start)), told },
  }))
}

type CommittedRow = {
  readonly id: string
  readonly window_start_ms: string
  readonly taken: readonly (readonly [number, number, number])[]
  readonly offers: number
  readonly open: boolean
  readonly declined: boolean
}

async function committed(
  pool: Pool,
  { station, from, to }: CellRange,
): Promise<readonly CommittedBooking[]> {
  const { rows } = await pool.query<CommittedRow>(
    `SELECT b.id, b.window_start_ms, taken.cells AS taken, offers.count::int AS offers,
       coalesce(offers.open, false) AS open, coalesce(offers.refused, false) AS declined
     FROM booking b
     JOIN LATERAL (
       SELECT json_agg(json_build_array(cell_start_ms, milli_minutes, grams)) AS cells
       FROM booking_cell WHERE booking_id = b.id) taken ON taken.cells IS NOT NULL
     JOIN LATERAL (
       SELECT count(to_window_ms) AS count, bool_or(answer IS NULL) AS open,
         bool_or(from_window_ms = b.window_start_ms AND answer IS NOT NULL) AS refused
       FROM retime_offer WHERE booking_id = b.id) offers ON true
     WHERE b.station_no = $1 AND b.window_start_ms >= $2 AND b.window_start_ms < $3
       AND b.state = ANY ($4::text[]) AND b.driver_id IS NOT NULL
     ORDER BY b.created_at_ms DESC, b.id DESC`,
    [station, from, to, [...retimable]],
  )
  return rows.map(({ id, window_start_ms: start, taken, offers, open, declined }) => ({
    id: bookingId(id),
    windowStart: instant(Number(start)),
    taken: taken.map(([cell, work, gas]) => ({
      start: instant(cell),
      work: milliMinutes(work),
      gas: grams(gas),
    })),
    // Whoever was asked about this window and did not take the other one is not asked again.
    stays: !open && (declined || offers >= offersPerBooking),
    told: declined,
    open,
  }))
}

function retimeTxOf(client: PoolClient, { clock, ids }: RetimesDeps): RetimeTx {
  return {
    ...saleTxOf(client, clock),
    async openRetime(booking) {
      const { rows } = await client.query<OfferRow>(
        'SELECT * FROM retime_offer WHERE booking_id = $1 AND answer IS NULL FOR UPDATE',
        [booking],
      )
      return rows[0] && offerOf(rows[0])
    },
    async answerRetime(offer, answer, now) {
      const done = await client.query(
        `UPDATE retime_offer SET answer = $2, answered_at_ms = $3
         WHERE id = $1 AND answer IS NULL`,
        [offer, answer, now],
      )
      return done.rowCount === 1
    },
    countRetimes: (booking) => countRetimes(client, booking),
    async offer(made, messageEnds) {
      if (!(await insertOffer(client, made))) return false
      const kind = made.to === undefined ? 'retime_notice' : 'retime_offer'
      await putMessage(client, {
        ...{ id: ids.uuid(), kind, booking: made.booking, offer: made.id },
        ...{ expiresAt: messageEnds, now: made.sentAt },
      })
      return true
    },
    async keepTaken({ id, station }, plan) {
      await databaseOf(client)
        .insert(bookingCell)
        .values(plan.map(takenRow(id, station)))
    },
    async markRefund({ id, station, paid }, now) {
      await client.query(
        `INSERT INTO refund_due (booking_id, station_no, paise, reason, marked_at_ms)
         VALUES ($1, $2, $3, 'supply_cut', $4) ON CONFLICT DO NOTHING`,
        [id, station, paid, now],
      )
    },
  }
}

async function countRetimes(client: PoolClient, booking: BookingId): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(to_window_ms)::int AS n FROM retime_offer WHERE booking_id = $1',
    [booking],
  )
  return rows[0]?.n ?? 0
}

async function insertOffer(client: PoolClient, made: RetimeOffer): Promise<boolean> {
  const told = made.to === undefined
  const done = await client.query(
    `INSERT INTO retime_offer (id, booking_id, station_no, cause, from_window_ms, to_window_ms,
       milli_minutes, grams, sent_at_ms, answer, answered_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
    [
      ...[made.id, made.booking, made.station, made.cause, made.from, made.to ?? null],
      ...[made.need.work, made.need.gas, made.sentAt],
      ...(told ? ['told', made.sentAt] : [null, null]),
    ],
  )
  return done.rowCount === 1
}

function takenRow(id: BookingId, station: RetimeOffer['station']) {
  return ({ start, work, gas }: FreeCell) => ({
    ...{ bookingId: id, stationNo: station, cellStartMs: start },
    ...{ milliMinutes: work, grams: gas },
  })
}
