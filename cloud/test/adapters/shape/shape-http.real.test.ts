import { millis } from '@baari/shared/units/time'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addBooking } from '../../support/sync-world.ts'
import { idCounter, rowsOf, shapeClient } from '../../support/shape-client.ts'
import { serveShapes, shapeDatabase, type ShapeServer } from '../../support/shape-world.ts'

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

describe('a station’s shape', () => {
  it('begins at 0_0 with rows, never up-to-date, and ends the snapshot by its mark', async () => {
    const id = newId()
    await addBooking(db.pool, { id, plate: 'A/B' })
    const first = await ask({ table: 'booking', offset: '-1' })
    expect(first.status).toBe(200)
    expect(first.offset).toBe('0_0')
    expect(first.headers.get('electric-up-to-date')).toBeNull()
    expect(JSON.parse(first.headers.get('electric-schema') ?? '{}')).toMatchObject({
      id: { type: 'uuid', pk_index: 0, not_null: true },
      grams: { type: 'int8' },
      under_review: { type: 'bool' },
    })
    expect(first.headers.get('cache-control')).toMatch(/^private/)
    expect(first.messages[0]).toMatchObject({
      key: `"public"."booking"/"${id}"`,
      value: { id, plate: 'A/B', grams: '8000', under_review: 'f', code: null },
      headers: { operation: 'insert', relation: ['public', 'booking'] },
    })
    expect(first.messages.at(-1)?.headers).toMatchObject({ control: 'snapshot-end' })
    const next = await ask({ table: 'booking', handle: first.handle, offset: '0_0' })
    expect(next.offset).toBe('0_inf')
    expect(next.headers.get('electric-up-to-date')).toBe('')
    expect(next.messages).toHaveLength(1)
  })

  it('tells what changed letter by letter, of whatever script', async () => {
    const first = await ask({ table: 'booking', offset: '-1' })
    const at = { table: 'booking', handle: first.handle, offset: '0_inf' }
    const notes = ['पवन 🚗', 'Zoë', 'plain']
    for (const note of notes) {
      const id = newId()
      await addBooking(db.pool, { id })
      await db.pool.query('UPDATE booking SET note = $2 WHERE id = $1', [id, note])
    }
    const told = rowsOf((await ask(at)).messages).flatMap((m) => m.value?.['note'] ?? [])
    expect(told).toEqual(notes)
  })

  it('shows a station its own rows only, whatever it asks for', async () => {
    const [mine, theirs] = [newId(), newId()]
    await addBooking(db.pool, { id: mine })
    await addBooking(db.pool, { id: theirs, stationNo: 43 })
    await db.pool.query('UPDATE shape SET current = false')
    const sly = await ask({
      table: 'booking',
      offset: '-1',
      where: 'true',
      columns: 'id,price_paise_per_kg',
      'params[1]': '43',
    })
    expect(rowsOf(sly.messages).map((m) => m.value?.['id'])).toEqual([mine])
    expect(sly.messages[0]?.value).not.toHaveProperty('price_paise_per_kg')
  })

  it.each([
    ['a table outside the list', { table: 'station', offset: '-1' }, 403],
    ['another schema', { table: 'pg_catalog.booking', offset: '-1' }, 403],
    ['a subset', { table: 'booking', offset: '-1', subset__where: 'true' }, 403],
    ['no table', { offset: '-1' }, 400],
    ['no offset', { table: 'booking' }, 400],
    ['a crooked offset', { table: 'booking', offset: '5' }, 400],
    ['no handle', { table: 'booking', offset: '0_0' }, 400],
    ['live from the start', { table: 'booking', offset: '-1', live: 'true' }, 400],
    [
      'events without live',
      { table: 'booking', offset: '0_0', handle: 'x', live_sse: 'true' },
      400,
    ],
  ])('%s is refused', async (_case, params, status) => {
    const answer = await ask(params)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('says what is wrong in the words of the protocol', async () => {
    const blank = await ask({ table: 'booking', offset: '0_0' })
    expect(blank.json).toEqual({
      message: 'Invalid request',
      errors: { handle: ["can't be blank when offset != -1"] },
    })
    const live = await ask({ table: 'booking', offset: '-1', live: 'true' })
    expect(live.json).toEqual({
      message: 'Invalid request',
      errors: { live: ["can't be true when offset == -1"] },
    })
    const crooked = await ask({ table: 'booking', offset: '5' })
    expect(crooked.json).toEqual({
      message: 'Invalid request',
      errors: { offset: ['has invalid format'] },
    })
  })

  it('tells inserts, updates with the whole row, deletes and key changes in commit order', async () => {
    const { handle, offset } = await readAll()
    const [id, other] = [newId(), newId()]
    await addBooking(db.pool, { id })
    await db.pool.query("UPDATE booking SET note = 'window seat', version = 9 WHERE id = $1", [id])
    await db.pool.query('UPDATE booking SET version = 10 WHERE id = $1', [id])
    await db.pool.query('UPDATE booking SET id = $2 WHERE id = $1', [id, other])
    await db.pool.query('DELETE FROM booking WHERE id = $1', [other])
    const log = await ask({ table: 'booking', handle, offset })
    const told = log.messages.map((m) => m.headers['operation'] ?? m.headers['control'])
    // The update of a column the station does not see is not told.
    expect(told).toEqual(['insert', 'update', 'delete', 'insert', 'delete', 'up-to-date'])
    const [, update, leave, enter] = log.messages
    expect(update).toMatchObject({
      value: { id, note: 'window seat', grams: '8000' },
      old_value: { note: null },
      headers: { op_position: 0, last: true },
    })
    expect(update?.headers['txids']).toEqual([expect.any(Number)])
    expect(leave?.headers['key_change_to']).toBe(`"public"."booking"/"${other}"`)
    expect(enter?.headers['key_change_from']).toBe(`"public"."booking"/"${id}"`)
    expect(log.offset).toMatch(/^\d+_0$/)
  })

  it('a row that changes station leaves one shape and enters the other', async () => {
    const id = newId()
    await addBooking(db.pool, { id })
    const mine = await readAll()
    const theirs = await readAll('booking', { station: 43 })
    await db.pool.query('UPDATE booking SET station_no = 43 WHERE id = $1', [id])
    const left = await ask({ table: 'booking', handle: mine.handle, offset: mine.offset })
    const entered = await ask(
      { table: 'booking', handle: theirs.handle, offset: theirs.offset },
      { station: 43 },
    )
    expect(left.messages[0]?.headers['operation']).toBe('delete')
    expect(entered.messages[0]?.headers['operation']).toBe('insert')
    expect(entered.messages[0]?.value).toMatchObject({ id, station_no: '43' })
  })

  it('the last op of a transaction says so, and a rolled back one is never told', async () => {
    const { handle, offset } = await readAll()
    const client = await db.pool.connect()
    await client.query('BEGIN')
    await addBooking(client as never, { id: newId() })
    await client.query('ROLLBACK')
    await client.query('BEGIN')
    await addBooking(client as never, { id: newId() })
    await client.query('SAVEPOINT half')
    await addBooking(client as never, { id: newId() })
    await client.query('ROLLBACK TO half')
    await addBooking(client as never, { id: newId() })
    await client.query('COMMIT')
    client.release()
    const log = await ask({ table: 'booking', handle, offset })
    expect(rowsOf(log.messages).map((m) => m.headers['last'])).toEqual([undefined, true])
  })

  it('a large snapshot comes in chunks, then the log', async () => {
    const small = await serveShapes(db.url, { chunkBytes: 4_000 })
    started.push(small)
    for (let n = 0; n < 60; n += 1) await addBooking(db.pool, { id: newId() })
    await db.pool.query('UPDATE shape SET current = false')
    const first = await ask({ table: 'booking', offset: '-1' }, { url: small.url })
    const second = await ask(
      { table: 'booking', handle: first.handle, offset: '0_0' },
      { url: small.url },
    )
    expect([first.offset, second.offset]).toEqual(['0_0', '0_1'])
    const { messages } = await readAll('booking', { url: small.url })
    expect(new Set(rowsOf(messages).map((m) => m.key)).size).toBe(60)
    expect(messages.filter((m) => m.headers['control'] === 'snapshot-end')).toHaveLength(1)
  })

  it('first requests that come together share one handle', async () => {
    await db.pool.query('UPDATE shape SET current = false')
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask({ table: 'booking', offset: '-1' })),
    )
    expect(new Set(answers.map((answer) => answer.handle)).size).toBe(1)
  })

  it('an answer the client has already is 304', async () => {
    const first = await ask({ table: 'booking', offset: '-1' })
    const etag = first.headers.get('etag') ?? ''
    const again = await ask(
      { table: 'booking', offset: '-1' },
      { headers: { 'if-none-match': etag } },
    )
    expect(again.status).toBe(304)
    expect(again.handle).toBe(first.handle)
  })
})

describe('live', () => {
  it('a held request answers with the change', async () => {
    const { handle, offset } = await readAll()
    const held = ask({ table: 'booking', handle, offset, live: 'true' })
    const id = newId()
    await addBooking(db.pool, { id })
    const answer = await held
    expect(answer.messages[0]).toMatchObject({ value: { id } })
    expect(answer.headers.get('electric-has-data')).toBe('true')
    expect(answer.headers.get('electric-up-to-date')).toBe('')
  })

  it('without a change it holds to the end and answers a lone up-to-date with a later cursor', async () => {
    const { handle, offset } = await readAll()
    const begun = performance.now()
    const answer = await ask({ table: 'booking', handle, offset, live: 'true' })
    expect(performance.now() - begun).toBeGreaterThan(1_400)
    expect(answer).toMatchObject({ status: 200, offset })
    expect(answer.messages.map((m) => m.headers['control'])).toEqual(['up-to-date'])
    expect(answer.headers.get('electric-has-data')).toBe('false')
    const cursor = answer.headers.get('electric-cursor') ?? ''
    const params = { table: 'booking', handle, offset, live: 'true', cursor }
    const again = await ask(params)
    expect(Number(again.headers.get('electric-cursor'))).toBeGreaterThan(Number(cursor))
  })

  it('a change of another station does not end the hold', async () => {
    const { handle, offset } = await readAll()
    const held = ask({ table: 'booking', handle, offset, live: 'true' })
    await addBooking(db.pool, { id: newId(), stationNo: 43 })
    expect((await held).headers.get('electric-has-data')).toBe('false')
  })

  it('a request the client gave up leaves no waiter behind', async () => {
    const { handle, offset } = await readAll()
    const target = new URL(
      `/v1/shape?table=booking&handle=${handle}&offset=${offset}&live=true`,
      server.url,
    )
    const aborts = Array.from({ length: 20 }, () => new AbortController())
    const asked = aborts.map(({ signal }) =>
      fetch(target, { headers: { authorization: 'Bearer 42' }, signal }).catch(() => undefined),
    )
    await expect.poll(() => server.shapes.waiting(), { timeout: 5_000 }).toBe(20)
    for (const abort of aborts) abort.abort()
    await Promise.all(asked)
    await expect.poll(() => server.shapes.waiting(), { timeout: 1_000 }).toBe(0)
  })

  it('§9 case 31: an open transaction neither hides nor delays what others commit', async () => {
    const { handle, offset } = await readAll()
    const slow = await db.pool.connect()
    const [early, late] = [newId(), newId()]
    await slow.query('BEGIN')
    await addBooking(slow as never, { id: early })
    await addBooking(db.pool, { id: late })
    const first = await ask({ table: 'booking', handle, offset, live: 'true' })
    expect(rowsOf(first.messages).map((m) => m.value?.['id'])).toEqual([late])
    await slow.query('COMMIT')
    slow.release()
    const second = await ask({ table: 'booking', handle, offset: first.offset, live: 'true' })
    expect(rowsOf(second.messages).map((m) => m.value?.['id'])).toEqual([early])
  })
})

it('no fault was raised by any of this', () => {
  expect(server.faults).toEqual([])
})
