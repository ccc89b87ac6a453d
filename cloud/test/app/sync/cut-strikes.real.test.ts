import { expect, it } from 'vitest'
import { signedInStation, uuidOfNumber } from '../../support/signed-in-station.ts'
import { addBooking, stationUnderTest } from '../../support/sync-world.ts'

const sync = signedInStation()

const uuid = uuidOfNumber
/** The window of every booking the helper adds. */
const window = 1_760_000_100_000

async function missed(n: number): Promise<void> {
  await addBooking(sync.world.pool, { id: uuid(n) })
  sync.station.add({
    k: 'booking.no_show',
    b: { booking: uuid(n), clockTrusted: true, excused: null },
  })
}

async function cut(from: number, until: number, ended: number | null): Promise<void> {
  await sync.world.pool.query(
    `INSERT INTO supply_cut (id, station_no, from_ms, until_ms, declared_by, declared_at_ms,
       ended_at_ms, next_wave_at_ms)
     VALUES (gen_random_uuid(), $1, $2, $3, 'hq', $2, $4, $2)`,
    [stationUnderTest, from, until, ended],
  )
}

const strikes = async () => {
  const { rows } = await sync.world.pool.query<{ booking_id: string }>(
    'SELECT booking_id FROM strike ORDER BY booking_id',
  )
  return rows.map((row) => row.booking_id)
}

it('J7 a window without gas gives nobody a strike; one after the gas was back does', async () => {
  await cut(window - 60_000, window + 3_600_000, null)
  await missed(1)
  await sync.station.sendFrom()
  expect(await strikes()).toEqual([])
  // Gas was back before the window after all.
  await sync.world.pool.query('UPDATE supply_cut SET ended_at_ms = $1', [window - 1])
  await missed(2)
  await sync.station.sendFrom(2)
  expect(await strikes()).toEqual([uuid(2)])
})
