import { entriesPerPhone } from '@baari/shared/domain/slots/lottery'
import type { Plate } from '@baari/shared/domain/plate/plate'
import { grams } from '@baari/shared/units/mass'
import { istDay } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { Drawn, LotEntry, LotKey, LotResult, Lots, LotShown } from '../../ports/lots.ts'
import type { LotKind } from '../../ports/outbox.ts'
import { putMessage } from './outbox.ts'
import { inTransaction } from './pool.ts'

type EntryRow = {
  readonly id: string
  readonly station_no: number
  readonly hour_ms: string
  readonly window_start_ms: string
  readonly driver_id: string
  readonly vehicle_id: string
  readonly plate: string
  readonly grams: string
  readonly place: number | null
  readonly result: 'won' | 'lost' | 'refused' | null
}

/** Entries of one lot that are read at once; more than any station's phones send in an hour. */
const entriesMost = 20_000

export function lotsOf(pool: Pool): Lots {
  return {
    async open({ station, hour, seed, seedHash, now }) {
      await pool.query(
        `INSERT INTO lot (station_no, hour_ms, seed, seed_hash, made_at_ms)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
        [station, hour, seed, seedHash, now],
      )
    },
    enter: (entry, now) => enter(pool, entry, now),
    async due(hourBefore, limit) {
      const { rows } = await pool.query<{ station_no: number; hour_ms: string; seed: string }>(
        `SELECT station_no, hour_ms, seed FROM lot
         WHERE drawn_at_ms IS NULL AND hour_ms <= $1 ORDER BY hour_ms, station_no LIMIT $2`,
        [hourBefore, limit],
      )
      return rows.map(({ station_no: no, hour_ms: hour, seed }) => ({
        ...{ station: stationNo(no), hour: instant(Number(hour)), seed },
      }))
    },
    async entries(lot) {
      const rows = await entryRows(pool, lot)
      return rows.map((row) => ({ ...entryOf(row), drawn: row.result !== null }))
    },
    settle: (entry, drawn) => settle(pool, entry, drawn),
    async finish({ station, hour }, now) {
      await pool.query(
        `UPDATE lot SET drawn_at_ms = $3
         WHERE station_no = $1 AND hour_ms = $2 AND drawn_at_ms IS NULL`,
        [station, hour, now],
      )
    },
    shown: (lot) => shown(pool, lot),
  }
}

/** The phone's entries are counted behind its row, so that two at once are counted. */
function enter(pool: Pool, entry: LotEntry, now: number): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT id FROM driver WHERE id = $1 FOR NO KEY UPDATE', [entry.driver])
    const { rows } = await client.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM lot_entry
       WHERE station_no = $1 AND hour_ms = $2 AND driver_id = $3`,
      [entry.station, entry.hour, entry.driver],
    )
    if ((rows[0]?.n ?? 0) >= entriesPerPhone) return false
    const made = await client.query(
      `INSERT INTO lot_entry (id, station_no, hour_ms, window_start_ms, driver_id, vehicle_id, plate,
         grams, day, made_at_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
      [
        ...[entry.id, entry.station, entry.hour, entry.windowStart, entry.driver, entry.vehicle],
        ...[entry.plate, entry.grams, istDay(entry.hour), now],
      ],
    )
    return made.rowCount === 1
  })
}

function settle(pool: Pool, entry: string, { place, result, message }: Drawn): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ driver_id: string }>(
      `UPDATE lot_entry SET place = $2, result = $3, code = $4, booking_id = $5
       WHERE id = $1 AND result IS NULL RETURNING driver_id`,
      [entry, place, ...resultColumns(result)],
    )
    const [row] = rows
    if (row === undefined) return false
    const booking = result.kind === 'won' ? result.booking : null
    const about = { kind: lotKinds[result.kind], booking, offer: entry, driver: row.driver_id }
    await putMessage(client, { ...message, ...about })
    return true
  })
}

const lotKinds: { readonly [R in LotResult['kind']]: LotKind } = {
  won: 'lot_won',
  lost: 'lot_lost',
  refused: 'lot_refused',
}

async function entryRows(pool: Pool, { station, hour }: LotKey): Promise<readonly EntryRow[]> {
  const { rows } = await pool.query<EntryRow>(
    'SELECT * FROM lot_entry WHERE station_no = $1 AND hour_ms = $2 ORDER BY id LIMIT $3',
    [station, hour, entriesMost],
  )
  return rows
}

function entryOf(row: EntryRow): LotEntry {
  return {
    id: row.id,
    station: stationNo(row.station_no),
    hour: instant(Number(row.hour_ms)),
    windowStart: instant(Number(row.window_start_ms)),
    driver: row.driver_id,
    vehicle: row.vehicle_id,
    // Only normalised plates are ever inserted.
    plate: row.plate as Plate,
    grams: grams(Number(row.grams)),
  }
}

function resultColumns(result: LotResult): readonly (string | null)[] {
  return [
    result.kind,
    result.kind === 'refused' ? result.code : null,
    result.kind === 'won' ? result.booking : null,
  ]
}

async function shown(pool: Pool, lot: LotKey): Promise<LotShown | undefined> {
  const { rows } = await pool.query<{
    readonly seed: string
    readonly seed_hash: string
    readonly drawn_at_ms: string | null
  }>('SELECT * FROM lot WHERE station_no = $1 AND hour_ms = $2', [lot.station, lot.hour])
  const [row] = rows
  if (row === undefined) return undefined
  const entries = await entryRows(pool, lot)
  const drawnAt = row.drawn_at_ms === null ? null : instant(Number(row.drawn_at_ms))
  return {
    seedHash: row.seed_hash,
    seed: drawnAt === null ? null : row.seed,
    drawnAt,
    entries: entries.map(({ id, place, result }) => ({ id, place, result })),
  }
}
