import { millis } from '@baari/shared/units/time'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addBooking } from '../../support/sync-world.ts'
import { idCounter, rowsOf, shapeClient } from '../../support/shape-client.ts'
import { serveShapes, shapeDatabase, type ShapeServer } from '../../support/shape-world.ts'
import { pruneShapes, usualRetention } from '../../../src/adapters/shape/retention.ts'
import { advanceEpoch } from '../../../src/adapters/shape/db-epoch.ts'

type Database = Awaited<ReturnType<typeof shapeDatabase>>
let db: Database
let server: ShapeServer
const started: ShapeServer[] = []

beforeAll(async () => {
  db = await shapeDatabase()
  server = await serveShapes(db.url, { holdFor: millis(1_500) })
})
afterAll(async () => {
  await server.stop()
  await db.drop()
})
afterEach(async () => {
  for (const one of started.splice(0)) await one.stop()
  await db.pool.query('DELETE FROM booking')
})

const newId = idCounter()
const { ask, readAll } = shapeClient(() => server.url)

describe('a handle that no longer holds', () => {
  async function expectRefetch(handle: string, offset: string) {
    const answer = await ask({ table: 'booking', handle, offset })
    expect(answer.status).toBe(409)
    expect(answer.messages).toEqual([{ headers: { control: 'must-refetch' } }])
    expect(answer.handle).not.toBe('')
    expect(answer.handle).not.toBe(handle)
    const start = await ask({ table: 'booking', offset: '-1' })
    expect(start.handle).toBe(answer.handle)
  }

  it('an unknown one, and one of another shape, is 409 with the new handle', async () => {
    await expectRefetch('nobody-1', '0_inf')
    const tariff = await readAll('tariff')
    await expectRefetch(tariff.handle, tariff.offset)
    const foreign = await readAll('booking', { station: 43 })
    await expectRefetch(foreign.handle, foreign.offset)
  })

  it('§9 case 21: an offset ahead of a restored database is 409, never 400', async () => {
    const { handle } = await readAll()
    await expectRefetch(handle, '999999999_0')
  })

  it('§9 case 21: a new database epoch retires every handle', async () => {
    const { handle, offset } = await readAll()
    await advanceEpoch(db.pool)
    await expectRefetch(handle, offset)
  })

  it('one whose log this process has read before ends, too, and is nobody else’s', async () => {
    const { handle, offset } = await readAll()
    await addBooking(db.pool, { id: newId() })
    const { offset: after } = await ask({ table: 'booking', handle, offset })
    expect((await ask({ table: 'booking', handle, offset: after })).status).toBe(200)
    const other = await ask({ table: 'booking', handle, offset: after }, { station: 43 })
    expect(other.status).toBe(409)
    await db.pool.query('SELECT shape_retire_handle($1)', [handle])
    await expectRefetch(handle, after)
  })

  it('TRUNCATE ends every shape of the table, also for those who wait', async () => {
    const { handle, offset } = await readAll('denied_token')
    const held = ask({ table: 'denied_token', handle, offset, live: 'true' })
    await expect.poll(() => server.shapes.waiting(), { timeout: 5_000 }).toBe(1)
    await db.pool.query('TRUNCATE denied_token')
    expect((await held).status).toBe(409)
  })

  it('§9 case 23: a log that was pruned is 409; what is younger goes on', async () => {
    const before = await readAll()
    await addBooking(db.pool, { id: newId() })
    await db.pool.query("UPDATE change_log SET at = now() - interval '40 days'")
    const after = await readAll()
    expect(await pruneShapes(db.pool, usualRetention)).toBeGreaterThan(0)
    await expectRefetch(before.handle, before.offset)
    const last = await ask({ table: 'booking', handle: after.handle, offset: after.offset })
    expect(last.status).toBe(200)
  })

  it('lost snapshot chunks do not end an old handle’s log', async () => {
    const { handle, offset } = await readAll()
    await db.pool.query('DELETE FROM shape_chunk')
    const fresh = await ask({ table: 'booking', offset: '-1' })
    expect(fresh.handle).not.toBe(handle)
    const id = newId()
    await addBooking(db.pool, { id })
    const log = await ask({ table: 'booking', handle, offset })
    expect(log.status).toBe(200)
    expect(rowsOf(log.messages).map((m) => m.value?.['id'])).toEqual([id])
  })
})

describe('change capture', () => {
  it('16 writers over many stations neither deadlock nor lose a change', async () => {
    await db.pool.query(
      `INSERT INTO station (no, id, name, address, compressor_grams_per_hour)
       SELECT no, gen_random_uuid(), 'S', 'A', 1 FROM generate_series(100, 131) AS no
       ON CONFLICT DO NOTHING`,
    )
    await readAll('booking', { station: 100 })
    const { rows: before } = await db.pool.query<{ n: string }>('SELECT count(*) n FROM change_log')
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      const client = await db.pool.connect()
      try {
        for (let round = 0; round < 8; round += 1) {
          await client.query('BEGIN')
          for (let n = 0; n < 6; n += 1) {
            const stationNo = 100 + ((writer * 7 + round * 11 + n * 13) % 32)
            await addBooking(client as never, { id: newId(), stationNo })
          }
          await client.query('COMMIT')
        }
      } finally {
        client.release()
      }
    })
    await Promise.all(writers)
    const { rows: after } = await db.pool.query<{ n: string }>('SELECT count(*) n FROM change_log')
    expect(Number(after[0]?.n) - Number(before[0]?.n)).toBe(16 * 8 * 6)
  })

  it('two processes see each other’s commits', async () => {
    const other = await serveShapes(db.url)
    started.push(other)
    const { handle, offset } = await readAll('booking', { url: other.url })
    const held = ask({ table: 'booking', handle, offset, live: 'true' }, { url: other.url })
    await addBooking(server.pool, { id: newId() })
    server.shapes.changed()
    expect((await held).headers.get('electric-has-data')).toBe('true')
  })

  it('no fault was raised by any of this', () => {
    expect(server.faults).toEqual([])
  })
})
