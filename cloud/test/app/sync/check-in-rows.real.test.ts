import { describe, expect, it } from 'vitest'
import { signedInStation, uuidOfNumber } from '../../support/signed-in-station.ts'
import { addBooking, stationUnderTest } from '../../support/sync-world.ts'
import type { WireOp } from '../../support/test-station.ts'

const sync = signedInStation()

const uuid = uuidOfNumber
const booking = uuid(0xb0)

function claim(more: Record<string, unknown> = {}, t?: number): WireOp {
  const body = { booking, useNo: 1, lane: 1, verdict: 'ADMIT', ticket: uuid(0x70), rev: 1 }
  const op = { k: 'checkin.claimed', b: { ...body, offline: true, forced: false, ...more } }
  return t === undefined ? op : { ...op, t }
}

const uses = async () => {
  const { rows } = await sync.world.pool.query<Record<string, unknown>>(
    'SELECT use_no, ticket_id, forced, force_sent, offline FROM check_in ORDER BY booking_id, use_no',
  )
  return rows
}
const listed = async () => {
  const { rows } = await sync.world.pool.query<{ kind: string; booking_id: string }>(
    'SELECT kind, booking_id FROM exception ORDER BY id',
  )
  return rows
}

/** What scenarios.md asks of a check-in interface, as the uplink answers it. */
describe('check-ins at the cloud', () => {
  it('Q1 the same use claimed twice by two tickets is one row, and the second one is listed', async () => {
    await addBooking(sync.world.pool, { id: booking })
    sync.station.add(claim()).add(claim({ ticket: uuid(0x71) }))
    const answer = await sync.station.sendFrom()
    expect(answer.body['results']).toMatchObject([
      { s: 2, verdict: 'flagged', code: 'token_in_use' },
    ])
    expect(await uses()).toHaveLength(1)
    expect(await listed()).toEqual([{ kind: 'token_in_use', booking_id: booking }])
  })

  it('Q2 the same op sent twice is one row, on a pass of several fills too', async () => {
    await addBooking(sync.world.pool, { id: booking })
    await sync.world.pool.query('UPDATE booking SET max_uses = 2 WHERE id = $1', [booking])
    sync.station.add(claim()).add(claim({ useNo: 2, ticket: uuid(0x71) }))
    const first = await sync.station.sendFrom()
    const again = await sync.station.sendFrom()
    expect([first.status, again.status]).toEqual([200, 200])
    expect((await uses()).map((row) => row['use_no'])).toEqual([1, 2])
    expect(await listed()).toEqual([])
  })

  it.each([false, true])(
    'Q7 a vehicle served on a token that was revoked, forced %s, stays linked to its booking',
    async (forced) => {
      await addBooking(sync.world.pool, { id: booking, state: 'cancelled' })
      await sync.world.pool.query(
        `INSERT INTO denied_token (booking_id, station_no, min_rev, reason)
         VALUES ($1, $2, 2, 'cancelled')`,
        [booking, stationUnderTest],
      )
      sync.station.add(claim({ forced }))
      const answer = await sync.station.sendFrom()
      expect(answer.body['results']).toMatchObject([
        { verdict: 'flagged', code: 'served_after_cancel' },
      ])
      expect(await uses()).toMatchObject([{ use_no: 1, forced, force_sent: forced }])
      expect(await listed()).toEqual([{ kind: 'served_after_cancel', booking_id: booking }])
    },
  )

  it('Q16 a scan made without a link and sent later keeps both times and that it was offline', async () => {
    await addBooking(sync.world.pool, { id: booking })
    const made = Date.now() - 30_000
    sync.station.add(claim({}, made))
    await sync.station.sendFrom()
    expect(await uses()).toMatchObject([{ offline: true }])
    const { rows } = await sync.world.pool.query<{ event_at_ms: string; recv_at_ms: string }>(
      `SELECT event_at_ms, recv_at_ms FROM station_op WHERE kind = 'checkin.claimed'`,
    )
    expect(Number(rows[0]?.event_at_ms)).toBe(made)
    expect(Number(rows[0]?.recv_at_ms)).toBeGreaterThan(made)
  })
})
