import Database from 'better-sqlite3'
import { advanceEpoch } from '@baari/cloud/adapters/shape/db-epoch'
import { supplyCutsOf } from '@baari/cloud/adapters/postgres/supply-cuts'
import { stationNo } from '@baari/shared/units/names'
import { after, hours, instant } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import type { EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture

beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  await fixture.close()
})

const id = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

async function addBookings(count: number, from = 1): Promise<void> {
  await fixture.world.pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 42, 'active',
       1760000100000, 1760001900000, 'auto', 'ngv1', 8000, 'MH12' || n, 21000, 'pump', 'app', 3000,
       9000, 0, 0
     FROM generate_series($1::int, $2::int) AS n`,
    [from, from + count - 1],
  )
}

const bookings = (node: EdgeNode) => node.ledger.run('test.count', 'booking')

function has(node: EdgeNode, count: number): Promise<boolean> {
  return eventually(`${count} bookings`, async () => (await bookings(node)) === count)
}

/** A row of the node's own file, read beside the running node. */
function rowOf(sql: string): Record<string, unknown> | undefined {
  const db = new Database(fixture.file(), { readonly: true })
  try {
    return db.prepare<[], Record<string, unknown>>(sql).get()
  } finally {
    db.close()
  }
}

describe('shape follower of a real node', () => {
  it('Y1 an empty node takes every table, and knows when it was up to date', async () => {
    await addBookings(20)
    await fixture.world.pool.query(
      `INSERT INTO tariff (id, station_no, price_paise_per_kg, valid_from_ms) VALUES ('t', 42, 9137, 0)`,
    )
    const node = await fixture.start()
    await has(node, 20)
    await eventually('every table', () =>
      node.sync.status().shapes.every((shape) => shape.lastUpToDate !== null),
    )
    expect(rowOf('SELECT * FROM tariff')).toMatchObject({ price_paise_per_kg: 9_137 })
    expect(rowOf(`SELECT * FROM booking WHERE id = '${id(3)}'`)).toMatchObject({
      state: 'active',
      grams: 8_000,
      under_review: 0,
      note: null,
      window_start_ms: 1_760_000_100_000,
    })
    expect(rowOf("SELECT * FROM shape_cursor WHERE name = 'booking'")).toMatchObject({ staging: 0 })
    expect([node.alarms, node.faults]).toEqual([[], []])
  })

  it('a change and a delete are seen while live', async () => {
    await addBookings(3)
    const node = await fixture.start()
    await has(node, 3)
    await addBooking(fixture.world.pool, { id: id(9) })
    await has(node, 4)
    await fixture.world.pool.query("UPDATE booking SET note = 'gate 2' WHERE id = $1", [id(9)])
    await eventually('the note', () => rowOf(`SELECT note FROM booking WHERE note = 'gate 2'`))
    await fixture.world.pool.query('DELETE FROM booking WHERE id = $1', [id(1)])
    await has(node, 3)
    expect(node.faults).toEqual([])
  })

  it('J7 a declared supply cut, its new end and its close reach the station', async () => {
    const cuts = supplyCutsOf(fixture.world.pool)
    const now = instant(Date.now())
    const cut = { id: id(77), station: 42, from: now, until: after(now, hours(1)), by: 'hq', now }
    const node = await fixture.start()
    const cutAtNode = () => rowOf('SELECT until_ms, ended_at_ms FROM supply_cut')
    await cuts.declare(cut)
    await eventually('the cut', () => cutAtNode()?.['until_ms'] === cut.until)
    const until = after(now, hours(2))
    await cuts.declare({ ...cut, id: id(78), until })
    await eventually('its new end', () => cutAtNode()?.['until_ms'] === until)
    await cuts.end(stationNo(42), now)
    await eventually('its close', () => cutAtNode()?.['ended_at_ms'] === now)
    expect([node.alarms, node.faults]).toEqual([[], []])
  })

  it('Y4 a node that was away catches up from its saved place, without a new snapshot', async () => {
    await addBookings(10)
    const node = await fixture.start()
    await has(node, 10)
    await fixture.stop(node)
    await addBookings(5, 100)
    await fixture.world.pool.query('DELETE FROM booking WHERE id = $1', [id(1)])
    const asked: string[] = []
    const again = await fixture.start({
      fetch: (input, init) => {
        asked.push(String(input))
        return fetch(input, init)
      },
    })
    await has(again, 14)
    const starts = asked.filter((url) => url.includes('table=booking') && url.includes('offset=-1'))
    expect(starts).toEqual([])
  })

  it('Y3, §9 case 25: a snapshot broken at a chunk resumes there and shows nothing half', async () => {
    await addBookings(2_000)
    let broken = true
    const cut: typeof fetch = (input, init) =>
      broken && String(input).includes('table=booking') && String(input).includes('offset=0_1')
        ? Promise.reject(new TypeError('the link broke'))
        : fetch(input, init)
    const node = await fixture.start({ fetch: cut })
    await eventually('two chunks stored', () => {
      const cursor = rowOf("SELECT offset FROM shape_cursor WHERE name = 'booking'")
      return cursor?.['offset'] === '0_1'
    })
    expect(await bookings(node)).toBe(0)
    await fixture.stop(node)
    broken = false
    const asked: string[] = []
    const again = await fixture.start({
      fetch: (input, init) => {
        asked.push(String(input))
        return fetch(input, init)
      },
    })
    await has(again, 2_000)
    expect(asked.some((url) => url.includes('table=booking') && url.includes('offset=-1'))).toBe(
      false,
    )
  })

  it('§9 case 22: while everything is fetched anew, no lookup ever sees fewer rows', async () => {
    await addBookings(1_500)
    const node = await fixture.start()
    await has(node, 1_500)
    const handle = rowOf("SELECT handle FROM shape_cursor WHERE name = 'booking'")?.['handle']
    let fewest = Infinity
    let done = false
    const lookups = (async () => {
      while (!done) {
        fewest = Math.min(fewest, await bookings(node))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await advanceEpoch(fixture.world.pool)
    await addBookings(1, 5_000)
    await has(node, 1_501)
    done = true
    await lookups
    expect(fewest).toBe(1_500)
    expect(rowOf("SELECT handle FROM shape_cursor WHERE name = 'booking'")?.['handle']).not.toBe(
      handle,
    )
  })

  it('§9 case 9: a row this node cannot read is kept aside and the row it had stays', async () => {
    await addBookings(2)
    const node = await fixture.start()
    await has(node, 2)
    await fixture.world.pool.query('ALTER TABLE booking DROP CONSTRAINT booking_state_check')
    await fixture.world.pool.query("UPDATE booking SET state = 'teleported' WHERE id = $1", [id(1)])
    await eventually('quarantined', () => rowOf('SELECT * FROM quarantine'))
    expect(rowOf('SELECT * FROM quarantine')).toMatchObject({ source: 'booking' })
    expect(rowOf(`SELECT state FROM booking WHERE id = '${id(1)}'`)).toEqual({ state: 'active' })
    // Also when the whole table comes anew.
    await advanceEpoch(fixture.world.pool)
    await addBookings(1, 50)
    await has(node, 3)
    expect(rowOf(`SELECT state FROM booking WHERE id = '${id(1)}'`)).toEqual({ state: 'active' })
  })

  it('§9 case 13: a token that ends mid-run is renewed and the stream goes on', async () => {
    const node = await fixture.start()
    await eventually('up to date', () =>
      node.sync.status().shapes.every((shape) => shape.lastUpToDate !== null),
    )
    await fixture.world.pool.query('UPDATE station_token SET expires_at_ms = 0')
    await addBookings(1)
    await has(node, 1)
    await addBookings(1, 2)
    await has(node, 2)
  })

  it('§9 case 24: other columns than last time fetch the table anew', async () => {
    await addBookings(5)
    const node = await fixture.start()
    await has(node, 5)
    await fixture.stop(node)
    const db = new Database(fixture.file())
    db.exec("UPDATE shape_cursor SET schema_hash = 'older'; UPDATE booking SET note = 'stale'")
    db.close()
    const again = await fixture.start()
    await eventually(
      'fetched anew',
      () => rowOf('SELECT count(*) AS n FROM booking WHERE note IS NULL')?.['n'] === 5,
    )
    expect(await bookings(again)).toBe(5)
  })

  it('the station is told of its own op that had no effect', async () => {
    const node = await fixture.start()
    await node.ledger.run('test.append', [
      {
        kind: 'checkin.released',
        entity: { type: 'station', uuid: '' },
        body: { booking: id(1), useNo: 1, reason: 'undo' } as never,
      },
    ])
    await eventually('the notice', () => rowOf("SELECT * FROM notice WHERE code = 'use_unknown'"))
    expect(rowOf('SELECT verdict, code FROM op_result')).toEqual({
      verdict: 'rejected',
      code: 'use_unknown',
    })
  })

  it('a cancel is final when the station has heard of it, and the station sees that too', async () => {
    await addBookings(2)
    const node = await fixture.start()
    await has(node, 2)
    await fixture.world.pool.query(
      "UPDATE booking SET state = 'cancel_pending', version = version + 1 WHERE id = $1",
      [id(1)],
    )
    await eventually('final', () =>
      rowOf(`SELECT 1 FROM booking WHERE id = '${id(1)}' AND state = 'cancelled'`),
    )
    expect(rowOf(`SELECT state FROM booking WHERE id = '${id(2)}'`)).toEqual({ state: 'active' })
    expect(fixture.world.faults).toEqual([])
  })

  it('station time is the cloud’s once a session was opened, whatever the wall clock says', async () => {
    const node = await fixture.start()
    await eventually('trusted', () => node.time.now().trusted)
    expect(Math.abs(node.time.now().at - Date.now())).toBeLessThan(5_000)
    await eventually('kept', () => rowOf('SELECT 1 FROM sync_meta WHERE last_server_time_ms > 0'))
  })
})
