import type { BookingFacts } from '@baari/shared/domain/booking/booking-merge'
import { joinFacts, saleFact, type SaleState } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { PoolClient } from 'pg'
import { useKey, type Known, type KnownBooking, type UseState } from '../../../domain/sync/known.ts'
import type { NamedRows, StreamKey } from '../../../ports/station-streams.ts'

export async function loadEntities(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  refs: readonly number[],
): Promise<Known['entities']> {
  if (refs.length === 0) return new Map()
  const { rows } = await client.query<{ ref: string; type: string; id: string }>(
    `SELECT ref, type, id FROM station_entity
     WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND ref = ANY ($4::bigint[])`,
    [stationNo, epoch, stream, refs],
  )
  return new Map(rows.map(({ ref, type, id }) => [Number(ref), { type, uuid: id }]))
}

export type Naming = {
  readonly key: StreamKey
  readonly names: NamedRows
  readonly entities: Known['entities']
  readonly epochNo: number
}

/** Reads the rows a batch names and holds its bookings, so that nobody moves them meanwhile. */
export async function loadKnown(client: PoolClient, naming: Naming): Promise<Known> {
  const { key, names, entities, epochNo } = naming
  return {
    stationNo: key.stationNo,
    epochNo,
    entities,
    bookings: await loadBookings(client, names.bookings),
    uses: await loadUses(client, names.bookings),
    sales: await loadSales(client, names.fills),
    paidFills: await loadPaid(client, names.fills),
    livePlates: await loadLivePlates(client, names.plates),
    leaseFence: names.plates.length === 0 ? 0 : await loadFence(client, key.stationNo),
    shifts: await loadShifts(client, names.shifts),
  }
}

type BookingRow = {
  readonly id: string
  readonly station_no: number
  readonly state: BookingState
  readonly grams: string
  readonly max_uses: number
  readonly facts: BookingFacts | null
}

async function loadBookings(
  client: PoolClient,
  ids: readonly string[],
): Promise<Map<string, KnownBooking>> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query<BookingRow>(
    `SELECT b.id, b.station_no, b.state, b.grams, b.max_uses, f.facts
     FROM booking b LEFT JOIN booking_fact f ON f.booking_id = b.id
     WHERE b.id = ANY ($1::uuid[]) ORDER BY b.id FOR NO KEY UPDATE OF b`,
    [ids],
  )
  return new Map(rows.map((row) => [row.id, knownBooking(row)]))
}

const stationStates: ReadonlySet<BookingState> = new Set([
  'checked_in',
  'filling',
  'part_filled',
  'completed',
])

/** The sale's own part is what the cloud wrote last, unless the state came from the station. */
function knownBooking(row: BookingRow): KnownBooking {
  const stored = row.facts ?? { uses: {} }
  const facts = stationStates.has(row.state)
    ? stored
    : joinFacts(stored, saleFact(row.state as SaleState))
  return {
    stationNo: row.station_no,
    state: row.state,
    facts,
    grams: Number(row.grams),
    maxUses: row.max_uses,
  }
}

async function loadUses(client: PoolClient, ids: readonly string[]): Promise<Known['uses']> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query<{
    booking_id: string
    use_no: number
    state: UseState
    ticket_id: string | null
    fill_id: string | null
  }>(
    `SELECT booking_id, use_no, state, ticket_id, fill_id FROM check_in
     WHERE booking_id = ANY ($1::uuid[])`,
    [ids],
  )
  return new Map(
    rows.map((row) => [
      useKey(row.booking_id, row.use_no),
      { state: row.state, ticket: row.ticket_id, fill: row.fill_id },
    ]),
  )
}

async function loadSales(client: PoolClient, ids: readonly string[]): Promise<Known['sales']> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query<{ fill_id: string; amount_paise: string }>(
    'SELECT fill_id, amount_paise FROM sale WHERE fill_id = ANY ($1::uuid[])',
    [ids],
  )
  return new Map(rows.map((row) => [row.fill_id, { amountPaise: Number(row.amount_paise) }]))
}

async function loadPaid(client: PoolClient, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await client.query<{ fill_id: string }>(
    'SELECT DISTINCT fill_id FROM payment_collected WHERE fill_id = ANY ($1::uuid[])',
    [ids],
  )
  return new Set(rows.map((row) => row.fill_id))
}

async function loadLivePlates(client: PoolClient, plates: readonly string[]): Promise<Set<string>> {
  if (plates.length === 0) return new Set()
  const { rows } = await client.query<{ live_plate: string }>(
    'SELECT live_plate FROM booking WHERE live_plate = ANY ($1::text[])',
    [plates],
  )
  return new Set(rows.map((row) => row.live_plate))
}

async function loadFence(client: PoolClient, stationNo: number): Promise<number> {
  const { rows } = await client.query<{ fence: string }>(
    'SELECT coalesce(max(fence), 0) AS fence FROM lease_term WHERE station_no = $1',
    [stationNo],
  )
  return Number(rows[0]?.fence ?? 0)
}

async function loadShifts(client: PoolClient, ids: readonly string[]): Promise<Known['shifts']> {
  if (ids.length === 0) return new Map()
  const { rows } = await client.query<{ shift_id: string; open: boolean }>(
    'SELECT shift_id, closed_at_ms IS NULL AS open FROM station_shift WHERE shift_id = ANY ($1::uuid[])',
    [ids],
  )
  return new Map(rows.map((row) => [row.shift_id, row.open ? 'open' : 'closed']))
}
