import { describe, expect, it } from 'vitest'
import { stationLedgers } from '../../../src/adapters/postgres/sync/ledger-store.ts'
import { readSales, readStationLedger } from '../../../src/app/sync/read-ledger.ts'
import { signedInStation, uuidOfNumber } from '../../support/signed-in-station.ts'
import { addBooking, stationUnderTest } from '../../support/sync-world.ts'
import { TestStation, type WireOp } from '../../support/test-station.ts'

const sync = signedInStation()

const uuid = uuidOfNumber
const booking = uuid(0xb0)
const ticket = uuid(0x70)
const attendant = uuid(0xa0)

function entity(ref: number, type: string, id: string): WireOp {
  return { k: 'entity', b: { ref, type, uuid: id } }
}

function claim(more: Record<string, unknown> = {}): WireOp {
  const body = { booking, useNo: 1, lane: 1, verdict: 'ADMIT', ticket, rev: 1 }
  return { k: 'checkin.claimed', b: { ...body, offline: true, forced: false, ...more } }
}

function settled(ref: number, more: Record<string, unknown> = {}): WireOp {
  return {
    k: 'fill.settled',
    e: ref,
    b: {
      position: 1,
      ticket,
      booking: null,
      grams: 5_000,
      amountPaise: 45_000,
      pricePaisePerKg: 9_000,
      totaliserBeforeGrams: 100_000,
      totaliserAfterGrams: 105_000,
      recovered: false,
      ...more,
    },
  }
}

const vehicle = (plate: string): WireOp => ({
  k: 'vehicle.recorded',
  b: { plate, retestDay: 21_000, by: attendant },
})

async function count(table: string): Promise<number> {
  const { rows } = await sync.world.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)
  return Number(rows[0]?.n)
}

async function bookingState(id = booking): Promise<string | undefined> {
  const { rows } = await sync.world.pool.query<{ state: string }>(
    'SELECT state FROM booking WHERE id = $1',
    [id],
  )
  return rows[0]?.state
}

describe('uplink', () => {
  it('a batch is applied once, its effects are rows and the chain is the station’s', async () => {
    await addBooking(sync.world.pool, { id: booking })
    sync.station
      .add(entity(1, 'fill', uuid(1)))
      .add(claim())
      .add({ k: 'checkin.redeemed', b: { booking, useNo: 1, fill: uuid(1) } })
      .add(settled(1, { booking }))
    const answer = await sync.station.sendFrom()
    expect(answer).toMatchObject({ status: 200, body: { ack: 4, chain: sync.station.chain[4] } })
    expect(answer.body['results']).toEqual([])
    expect(await bookingState()).toBe('completed')
    const { rows } = await sync.world.pool.query('SELECT state, fill_id, lane_no FROM check_in')
    expect(rows).toEqual([{ state: 'redeemed', fill_id: uuid(1), lane_no: 1 }])
    const ledger = await readStationLedger(stationLedgers(sync.world.pool), stationUnderTest)
    expect(ledger).toMatchObject({ fills: 1, grams: 5_000, amountPaise: 45_000, checkIns: 1 })
    const { sales } = await readSales(stationLedgers(sync.world.pool), stationUnderTest, {
      limit: 10,
      cursor: undefined,
    })
    expect(sales).toMatchObject([{ fill: uuid(1), grams: 5_000, booking }])
  })

  it('§9 case 2, 3: a batch resent after a lost ack is all duplicates and has no effect', async () => {
    sync.station
      .add(entity(1, 'fill', uuid(1)))
      .add(settled(1))
      .add({ k: 'not.known', b: {} })
    const first = await sync.station.sendFrom()
    const again = await sync.station.sendFrom()
    expect(again.body['ack']).toBe(3)
    expect(again.body['chain']).toBe(first.body['chain'])
    // The verdict whose answer was lost is told again.
    expect(again.body['results']).toEqual(first.body['results'])
    expect(await count('sale')).toBe(1)
    expect(await count('station_op')).toBe(3)
  })

  it('§9 case 4, 5: an overlapping batch applies only what is new', async () => {
    for (let n = 1; n <= 10; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    await sync.station.send(sync.station.batch(1, 6))
    const answer = await sync.station.send(sync.station.batch(4, 10))
    expect(answer).toMatchObject({ status: 200, body: { ack: 10, chain: sync.station.chain[10] } })
    expect(await count('vehicle_record')).toBe(10)
  })

  it('§9 case 4, 5: two senders of the same ops at once leave each op once', async () => {
    for (let n = 1; n <= 200; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    const answers = await Promise.all([sync.station.sendFrom(), sync.station.sendFrom()])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    expect(await count('vehicle_record')).toBe(200)
  })

  it('§9 case 6: a hole is a gap that names what the cloud expects, and nothing is applied', async () => {
    for (let n = 1; n <= 5; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    await sync.station.send(sync.station.batch(1, 2))
    const answer = await sync.station.send(sync.station.batch(4, 5))
    expect(answer).toEqual({ status: 409, body: { error: 'gap', expected: 3 } })
    expect(await count('vehicle_record')).toBe(2)
  })

  it('another history under the same numbers is a fork at the first differing op', async () => {
    for (let n = 1; n <= 3; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    await sync.station.sendFrom()
    const other = new TestStation(sync.world.url, sync.world.stationKey, sync.station.epoch)
    Object.assign(other, { token: sync.station.token, gen: sync.station.gen })
    other.lines.push(...sync.station.lines.slice(0, 1))
    other.chain.push(...sync.station.chain.slice(1, 2))
    other.add(vehicle('DL1CAA1')).add(vehicle('DL1CAA2')).add(vehicle('DL1CAA3'))
    expect(await other.sendFrom()).toEqual({ status: 409, body: { error: 'fork', fork_at: 2 } })
    const wrongChain = sync.station.batch(4, 3, { prev_chain: '00'.repeat(32) })
    expect(await sync.station.send(wrongChain)).toEqual({
      status: 409,
      body: { error: 'fork', fork_at: 4 },
    })
  })

  it('§9 case 7: an op refused by rule is a dead letter, the station is told, later ops apply', async () => {
    sync.station
      .add({ k: 'checkin.released', b: { booking, useNo: 1, reason: 'undo' } })
      .add(vehicle('MH12AB1'))
    const answer = await sync.station.sendFrom()
    expect(answer.body).toMatchObject({
      ack: 2,
      results: [{ s: 1, verdict: 'rejected', code: 'use_unknown' }],
    })
    expect(await count('vehicle_record')).toBe(1)
    const { rows } = await sync.world.pool.query('SELECT seq, code FROM dead_letter')
    expect(rows).toEqual([{ seq: '1', code: 'use_unknown' }])
    expect(await count('notice')).toBe(1)
  })

  it('§9 case 7: a value the database cannot hold is found by halving and stands alone', async () => {
    sync.station.add(entity(1, 'fill', uuid(1)))
    for (let n = 0; n < 40; n += 1) {
      sync.station.add(n === 23 ? vehicle('MH12\u0000AB') : vehicle(`MH12AB${n}`))
    }
    sync.station.add(settled(1))
    sync.station.add({ k: 'fill.orphan', b: { ...orphan, position: 1, grams: 2 ** 52 } })
    const answer = await sync.station.sendFrom()
    expect(answer).toMatchObject({ status: 200, body: { ack: 43, chain: sync.station.chain[43] } })
    expect(answer.body['results']).toEqual([
      { s: 25, verdict: 'rejected', code: 'sql_error', rev: null },
    ])
    expect(await count('vehicle_record')).toBe(39)
    expect(await count('sale')).toBe(1)
    expect(sync.world.faults).toEqual([])
  })

  const orphan = { totaliserBeforeGrams: 0, totaliserAfterGrams: 10 }

  it('§9 case 7: a physical fact the database cannot hold is kept and deferred, never refused', async () => {
    const reason = 'nozzle\u0000torn'
    sync.station
      .add(entity(1, 'fill', uuid(1)))
      .add({ k: 'fill.voided', e: 1, b: { position: 1, reason } })
      .add(vehicle('MH12AB1'))
    const answer = await sync.station.sendFrom()
    expect(answer.body['results']).toEqual([
      { s: 2, verdict: 'deferred', code: 'sql_error', rev: null },
    ])
    expect(await count('vehicle_record')).toBe(1)
    expect(await count('notice')).toBe(0)
  })

  it('§9 case 8: kinds and bodies of a newer station are kept raw and deferred', async () => {
    sync.station
      .add({ k: 'hydrogen.sold', b: { bars: 700 } })
      .add({ k: 'fill.settled', e: 1, b: { grams: 'many' } })
      .add('this is no op at all')
      .add(vehicle('MH12AB1'))
    const answer = await sync.station.sendFrom()
    expect(answer.body['results']).toEqual([
      { s: 1, verdict: 'deferred', code: 'kind_unknown', rev: null },
      { s: 2, verdict: 'deferred', code: 'body_unreadable', rev: null },
      { s: 3, verdict: 'deferred', code: 'kind_unknown', rev: null },
    ])
    const { rows } = await sync.world.pool.query<{ raw: Buffer }>(
      'SELECT raw FROM station_op WHERE seq = 3',
    )
    expect(rows[0]?.raw.toString()).toBe('this is no op at all')
  })

  it('§9 case 12: a body cut anywhere is 400 and nothing of it is applied', async () => {
    for (let n = 1; n <= 50; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    const whole = sync.station.batch(1, 50)
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share))
      expect((await sync.station.send(cut)).status).toBe(400)
    }
    expect(await count('station_op')).toBe(0)
    expect((await sync.station.send(whole)).status).toBe(200)
  })

  it('a body that unpacks beyond 1 MB, or holds more than 3,000 ops, is 413', async () => {
    for (let n = 1; n <= 3_001; n += 1) sync.station.add(vehicle('MH12AB1'))
    expect((await sync.station.sendFrom()).status).toBe(413)
    const big = new TestStation(sync.world.url, sync.world.stationKey, sync.station.epoch)
    Object.assign(big, { token: sync.station.token, gen: sync.station.gen })
    for (let n = 1; n <= 300; n += 1)
      big.add({ k: 'ticket.closed', b: { reason: 'x'.repeat(4_000) } })
    expect((await big.sendFrom()).status).toBe(413)
    expect(await count('station_op')).toBe(0)
  })

  it('§9 case 26: a check-in wins over a cancel, in both orders', async () => {
    await addBooking(sync.world.pool, { id: booking, state: 'cancelled' })
    await addBooking(sync.world.pool, { id: uuid(0xb1), state: 'cancel_pending' })
    sync.station.add(claim()).add(claim({ booking: uuid(0xb1), ticket: uuid(0x71) }))
    const answer = await sync.station.sendFrom()
    expect(answer.body['results']).toMatchObject([
      { s: 1, verdict: 'flagged', code: 'served_after_cancel' },
      { s: 2, verdict: 'flagged', code: 'served_after_cancel' },
    ])
    expect(await bookingState()).toBe('checked_in')
    expect(await bookingState(uuid(0xb1))).toBe('checked_in')
    const { rows } = await sync.world.pool.query(
      'SELECT kind, booking_id FROM exception ORDER BY id',
    )
    expect(rows).toEqual([
      { kind: 'served_after_cancel', booking_id: booking },
      { kind: 'served_after_cancel', booking_id: uuid(0xb1) },
    ])
  })

  it('a released use puts the booking back where the sale had it', async () => {
    await addBooking(sync.world.pool, { id: booking, state: 'confirmed' })
    sync.station.add(claim())
    await sync.station.sendFrom()
    expect(await bookingState()).toBe('checked_in')
    sync.station.add({ k: 'checkin.released', b: { booking, useNo: 1, reason: 'undo' } })
    await sync.station.sendFrom(2)
    expect(await bookingState()).toBe('confirmed')
  })

  it('Q4, Q5: force that was needed is told apart from force that was only sent', async () => {
    await addBooking(sync.world.pool, { id: booking, state: 'cancelled' })
    await addBooking(sync.world.pool, { id: uuid(0xb1) })
    sync.station
      .add(claim({ forced: true }))
      .add(claim({ forced: true, booking: uuid(0xb1), ticket: uuid(0x71) }))
    await sync.station.sendFrom()
    const { rows } = await sync.world.pool.query(
      'SELECT forced, force_sent FROM check_in ORDER BY booking_id',
    )
    expect(rows).toEqual([
      { forced: true, force_sent: true },
      { forced: false, force_sent: true },
    ])
  })

  it('§9 case 28: an unknown booking with a good signature is accepted as provisional', async () => {
    sync.station
      .add({
        k: 'booking.provisional',
        b: {
          booking: uuid(0xbf),
          code: null,
          windowStartMs: 1_760_000_100_000,
          vehicleClass: 'auto',
          plate: 'MH12AB1234',
          token: 'BAARI1:X',
        },
      })
      .add(claim({ booking: uuid(0xbf) }))
    const answer = await sync.station.sendFrom()
    expect(answer.body).toMatchObject({
      ack: 2,
      results: [
        { s: 1, verdict: 'flagged', code: 'booking_unknown' },
        { s: 2, verdict: 'flagged', code: 'booking_unknown' },
      ],
    })
    expect(await count('check_in')).toBe(1)
  })

  it('§9 case 15: a station clock a day off is corrected by the moment of sending', async () => {
    const dayMs = 86_400_000
    const wrong = Date.now() - dayMs
    sync.station.add(entity(1, 'fill', uuid(1))).add({ ...settled(1), t: wrong })
    await sync.station.send(sync.station.batch(1, 2, { sent_at: wrong }))
    const { rows } = await sync.world.pool.query<{ settled_at_ms: string }>(
      'SELECT settled_at_ms FROM sale',
    )
    expect(Math.abs(Number(rows[0]?.settled_at_ms) - Date.now())).toBeLessThan(60_000)
  })

  it('one fill settled twice counts its grams once and asks a person', async () => {
    sync.station
      .add(entity(1, 'fill', uuid(1)))
      .add(settled(1))
      .add(settled(1))
    const answer = await sync.station.sendFrom()
    expect(answer.body['results']).toMatchObject([
      { s: 3, verdict: 'flagged', code: 'fill_repeated' },
    ])
    const ledger = await readStationLedger(stationLedgers(sync.world.pool), stationUnderTest)
    expect(ledger).toMatchObject({ fills: 1, grams: 5_000, exceptions: 1 })
  })

  it('the station’s own ops come back byte for byte for its recovery', async () => {
    for (let n = 1; n <= 30; n += 1) sync.station.add(vehicle(`MH12AB${n}`))
    await sync.station.sendFrom()
    const headers = { authorization: `Bearer ${sync.station.token}` }
    const path = `/v1/uplink/ledger/ops?epoch=${sync.station.epoch}&from=11&to=20`
    const response = await fetch(new URL(path, sync.world.url), { headers })
    const expected = sync.station.lines
      .slice(10, 20)
      .map((line) => `${Buffer.from(line).toString()}\n`)
    expect(await response.text()).toBe(expected.join(''))
    const head = await fetch(new URL('/v1/uplink/ledger/head', sync.world.url), { headers })
    expect(await head.json()).toMatchObject({ seq: 30, chain: sync.station.chain[30] })
    const unknown = await fetch(new URL(path.replace(sync.station.epoch, 'ab'), sync.world.url), {
      headers,
    })
    expect(unknown.status).toBe(404)
  })
})
