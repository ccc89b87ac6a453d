import type { BookingFacts } from '@baari/shared/domain/booking/booking-merge'
import { joinFacts, saleFact, type SaleState } from '@baari/shared/domain/booking/booking-merge'
import type { BookingState } from '@baari/shared/domain/booking/booking-state'
import type { PoolClient } from 'pg'
import { useKey, type Known, type KnownBooking, type UseState } from '../../../domain/sync/known.ts'
import type { NamedRows, StreamKey } from '../../../ports/station-streams.ts'
import { sendTogether, type Statement } from '../send-together.ts'

export async function loadEntities(
  client: PoolClient,
  { stationNo, epoch, stream }: StreamKey,
  refs: readonly number[],
): Promise<Known['entities']> {
  if (refs.length === 0) return new Map()
  const { rows } = await client.query<{ ref: string; type: string; id: string }>({
    name: 'uplink entities named',
    text: `SELECT ref, type, id FROM station_entity
     WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND ref = ANY ($4::bigint[])`,
    values: [stationNo, epoch, stream, refs],
  })
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
  const asked: readonly Statement[] = [
    { name: 'uplink bookings', text: bookingsSql, values: [names.bookings] },
    { name: 'uplink uses', text: usesSql, values: [names.bookings] },
    { name: 'uplink sales', text: salesSql, values: [names.fills] },
    { name: 'uplink paid', text: paidSql, values: [names.fills] },
    { name: 'uplink live plates', text: livePlatesSql, values: [names.plates] },
    { name: 'uplink shifts', text: shiftsSql, values: [names.shifts] },
  ]
  const sells = names.plates.length > 0
  const named = [
    ...asked.filter(({ values: [ids] }) => (ids as readonly string[]).length > 0),
    ...(sells ? [{ name: 'uplink lease fence', text: fenceSql, values: [key.stationNo] }] : []),
  ]
  const answers = await sendTogether(client, named)
  const rowsOf = <T>(name: string): readonly T[] =>
    (answers[named.findIndex((statement) => statement.name === name)]?.rows ?? []) as T[]
  return {
    stationNo: key.stationNo,
    epochNo,
    entities,
    bookings: new Map(
      rowsOf<BookingRow>('uplink bookings').map((row) => [row.id, knownBooking(row)]),
    ),
    uses: usesOf(rowsOf<UseRow>('uplink uses')),
    sales: new Map(
      rowsOf<SaleRow>('uplink sales').map((row) => [
        row.fill_id,
        { amountPaise: Number(row.amount_paise) },
      ]),
    ),
    paidFills: new Set(rowsOf<PaidRow>('uplink paid').map((row) => row.fill_id)),
    livePlates: new Set(rowsOf<PlateRow>('uplink live plates').map((row) => row.live_plate)),
    leaseFence: Number(rowsOf<FenceRow>('uplink lease fence')[0]?.fence ?? 0),
    shifts: new Map(
      rowsOf<ShiftRow>('uplink shifts').map((row) => [row.shift_id, row.open ? 'open' : 'closed']),
    ),
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

const bookingsSql = `SELECT b.id, b.station_no, b.state, b.grams, b.max_uses, f.facts
  FROM booking b LEFT JOIN booking_fact f ON f.booking_id = b.id
  WHERE b.id = ANY ($1::uuid[]) ORDER BY b.id FOR NO KEY UPDATE OF b`

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

type UseRow = {
  readonly booking_id: string
  readonly use_no: number
  readonly state: UseState
  readonly ticket_id: string | null
  readonly fill_id: string | null
}

const usesSql = `SELECT booking_id, use_no, state, ticket_id, fill_id FROM check_in
  WHERE booking_id = ANY ($1::uuid[])`

function usesOf(rows: readonly UseRow[]): Known['uses'] {
  return new Map(
    rows.map((row) => [
      useKey(row.booking_id, row.use_no),
      { state: row.state, ticket: row.ticket_id, fill: row.fill_id },
    ]),
  )
}

type SaleRow = { readonly fill_id: string; readonly amount_paise: string }
const salesSql = 'SELECT fill_id, amount_paise FROM sale WHERE fill_id = ANY ($1::uuid[])'

type PaidRow = { readonly fill_id: string }
const paidSql = 'SELECT fill_id FROM payment_collected WHERE fill_id = ANY ($1::uuid[])'

type PlateRow = { readonly live_plate: string }
const livePlatesSql = 'SELECT live_plate FROM booking WHERE live_plate = ANY ($1::text[])'

/** Asked only when a batch sells windows. */
type FenceRow = { readonly fence: string }
const fenceSql = 'SELECT coalesce(max(fence), 0) AS fence FROM lease_term WHERE station_no = $1'

type ShiftRow = { readonly shift_id: string; readonly open: boolean }
const shiftsSql = `SELECT shift_id, closed_at_ms IS NULL AS open FROM station_shift
  WHERE shift_id = ANY ($1::uuid[])`
