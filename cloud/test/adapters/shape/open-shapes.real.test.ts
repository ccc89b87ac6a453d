import { millis } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openClient, type SubsetBody } from '../../support/open-client.ts'
import { rowsOf } from '../../support/shape-client.ts'
import { serveShapes, shapeDatabase, type ShapeServer } from '../../support/shape-world.ts'

type Database = Awaited<ReturnType<typeof shapeDatabase>>
let db: Database
let server: ShapeServer

beforeAll(async () => {
  db = await shapeDatabase()
  await db.pool.query('CREATE SCHEMA yard')
  server = await serveShapes(db.url, {
    ...{ open: { allowDelete: true }, chunkBytes: 10_000 },
    ...{ holdFor: millis(1_500), streamFor: millis(3_000), cache: { maxAgeS: 1, staleS: 3 } },
  })
})
afterAll(async () => {
  await server.stop()
  await db.drop()
})
beforeEach(async () => {
  await db.pool.query(`DROP TABLE IF EXISTS yard."Tanks";
    CREATE TABLE yard."Tanks" (id int PRIMARY KEY, title text NOT NULL, "has,comma" numeric(8, 2))`)
})

const { ask, follow } = openClient(() => server.url)
const tanks = { table: 'yard."Tanks"' }
const insert = (id: number, title = `tank ${id}`) =>
  db.pool.query('INSERT INTO yard."Tanks" VALUES ($1, $2)', [id, title])
const operations = (messages: Parameters<typeof rowsOf>[0]) =>
  messages.map((m) => m.headers['operation'] ?? m.headers['control'])

describe('any table', () => {
  it('is followed from its first request on, with nothing but its name', async () => {
    await insert(1, 'a/b')
    const { answers, handle, offset } = await follow(tanks)
    expect(answers[0]?.messages[0]).toEqual({
      key: '"yard"."Tanks"/"1"',
      value: { id: '1', title: 'a/b', 'has,comma': null },
      headers: { operation: 'insert', relation: ['yard', 'Tanks'] },
    })
    expect(JSON.parse(answers[0]?.headers.get('electric-schema') ?? '')).toEqual({
      id: { type: 'int4', not_null: true, pk_index: 0 },
      title: { type: 'text', not_null: true },
      'has,comma': { type: 'numeric', precision: 8, scale: 2 },
    })
    expect(offset).toBe('0_inf')
    await insert(2)
    const log = await ask({ ...tanks, handle, offset })
    expect(operations(log.messages)).toEqual(['insert', 'up-to-date'])
    expect(log.offset).toMatch(/^[1-9]\d*_0$/)
  })

  it('that does not exist is named in the answer', async () => {
    expect((await ask({ table: 'Nowhere', offset: '-1' })).json).toEqual({
      message: 'Invalid request',
      errors: {
        table: [
          'Table "public"."nowhere" does not exist. If the table name contains capitals or special characters you must quote it.',
        ],
      },
    })
  })

  it('without a key is keyed by all its columns, so an update is a delete and an insert', async () => {
    await db.pool.query('DROP TABLE IF EXISTS bare; CREATE TABLE bare (a text, b text)')
    await db.pool.query("INSERT INTO bare VALUES ('1', NULL)")
    const position = await follow({ table: 'bare' })
    expect(position.messages[0]?.key).toBe('"public"."bare"/"1"/_')
    await db.pool.query("UPDATE bare SET b = 'x'")
    const log = await ask({ table: 'bare', handle: position.handle, offset: position.offset })
    expect(operations(log.messages)).toEqual(['delete', 'insert', 'up-to-date'])
    expect(log.messages[0]).toMatchObject({ key: position.messages[0]?.key, value: { a: '1' } })
  })

  it('is written by a stranger with other settings, and the text is the protocol’s', async () => {
    await db.pool.query(`DROP TABLE IF EXISTS times;
      CREATE TABLE times (id int PRIMARY KEY, at timestamptz, span interval, raw bytea, ratio float8)`)
    const position = await follow({ table: 'times' })
    const client = await db.pool.connect()
    await client.query(`SET search_path = yard; SET datestyle = 'German'; SET timezone = 'Asia/Kolkata';
      SET intervalstyle = 'postgres_verbose'; SET bytea_output = 'escape'; SET extra_float_digits = -5`)
    await client.query(`INSERT INTO public.times VALUES
      (1, '2026-11-22 10:00+00', '1 day 02:00', '\\x00ff', 0.1::float8 + 0.2)`)
    await client.query('DISCARD ALL')
    client.release()
    const log = await ask({ table: 'times', handle: position.handle, offset: position.offset })
    const value = {
      id: '1',
      at: '2026-11-22 10:00:00+00',
      span: 'P1DT2H',
      raw: '\\x00ff',
      ratio: '0.30000000000000004',
    }
    expect(log.messages[0]?.value).toEqual(value)
    await db.pool.query('UPDATE shape SET current = false')
    expect((await follow({ table: 'times' })).messages[0]?.value).toEqual(value)
  })

  it('that somebody holds is asked for again later', async () => {
    const client = await db.pool.connect()
    await client.query('BEGIN')
    await client.query('INSERT INTO yard."Tanks" VALUES (1, \'held\')')
    const answer = await ask({ ...tanks, offset: '-1' })
    await client.query('ROLLBACK')
    client.release()
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask({ ...tanks, offset: '-1' })).status).toBe(200)
  })

  it('captured per station is refused here and goes on for its stations', async () => {
    await db.pool.query("SELECT shape_attach('booking'::regclass, 'station_no', ARRAY['id'])")
    const answer = await ask({ table: 'booking', offset: '-1' })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.json)).toContain('captured per station')
  })
})

describe('a table that changes under its shapes', () => {
  it('dropped and made anew is another table: 409 with a new handle', async () => {
    await insert(1)
    const before = await follow(tanks)
    await db.pool.query(`DROP TABLE yard."Tanks"; CREATE TABLE yard."Tanks" (id int PRIMARY KEY)`)
    await expect.poll(async () => (await ask({ ...tanks, ...at(before) })).status).toBe(409)
    const after = await follow(tanks)
    expect(after.handle).not.toBe(before.handle)
    expect(rowsOf(after.messages)).toEqual([])
  })

  it('dropped a moment ago is asked for again later, not refused for good', async () => {
    await follow(tanks)
    await db.pool.query('DROP TABLE yard."Tanks"')
    const answer = await ask({ ...tanks, offset: '-1' })
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('another key or another column is another shape, and changes go on being captured', async () => {
    await insert(1)
    const before = await follow(tanks)
    await db.pool.query(`ALTER TABLE yard."Tanks" ADD COLUMN more text,
      DROP CONSTRAINT "Tanks_pkey", ADD PRIMARY KEY (title)`)
    await expect.poll(async () => (await ask({ ...tanks, ...at(before) })).status).toBe(409)
    const after = await follow(tanks)
    await db.pool.query(`UPDATE yard."Tanks" SET more = 'x'`)
    const log = await ask({ ...tanks, ...at(after) })
    expect(log.messages[0]).toMatchObject({ key: '"yard"."Tanks"/"tank 1"', value: { more: 'x' } })
  })

  it('a column nobody selected leaves the handle as it is', async () => {
    const chosen = { ...tanks, columns: 'id,title' }
    const before = await follow(chosen)
    const log = await ask({ ...chosen, ...at(before) })
    expect(log.status).toBe(200)
  })
})

const at = ({ handle, offset }: { handle: string; offset: string }) => ({ handle, offset })

describe('conditions and columns', () => {
  it('a row that leaves the where is a delete, one that enters it an insert', async () => {
    const full = {
      ...tanks,
      where: 'title LIKE $1 AND id < $2',
      'params[1]': 'full%',
      'params[2]': '5',
    }
    await insert(1, 'full')
    await insert(2, 'empty')
    const position = await follow(full)
    expect(rowsOf(position.messages).map((m) => m.value?.['id'])).toEqual(['1'])
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'empty' WHERE id = 1`)
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'fuller' WHERE id = 2`)
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'fullest' WHERE id = 2`)
    await insert(9, 'full')
    await db.pool.query(`UPDATE yard."Tanks" SET id = 3 WHERE id = 2`)
    const log = await ask({ ...full, ...at(position) })
    expect(operations(log.messages)).toEqual([
      ...['delete', 'insert', 'update', 'delete', 'insert', 'up-to-date'],
    ])
    expect(log.messages[0]?.value).toEqual({ id: '1' })
    expect(log.messages[2]?.value).toEqual({ id: '2', title: 'fullest' })
    expect(log.messages[3]?.headers['key_change_to']).toBe('"yard"."Tanks"/"3"')
    expect(log.messages[4]?.headers['key_change_from']).toBe('"yard"."Tanks"/"2"')
  })

  it.each([
    ['1 x 1', 'At location 17: syntax error at or near "x"'],
    ['nothing = 1', 'At location 15: unknown reference nothing'],
    ["id = 'one'", 'At location 20: invalid input syntax for type integer: "one"'],
    ['id IN (SELECT no FROM station)', 'Subqueries are not supported'],
    ['true) OR (true', 'At location 19: syntax error at or near ")"'],
    ['true -- all of it', 'comments are not allowed in a WHERE clause'],
    ['id = $1', 'bind message supplies 0 parameters, but prepared statement "" requires 1'],
  ])('%s is told as it is wrong', async (where, text) => {
    const answer = await ask({ ...tanks, offset: '-1', where })
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ message: 'Invalid request', errors: { where: [text] } })
  })

  it('nothing but a condition gets through', async () => {
    for (const where of [
      ...['true ORDER BY id', 'true UNION ALL VALUES (1)', 'true; SELECT 1'],
      'true; COMMIT; DROP TABLE station CASCADE',
    ]) {
      expect((await ask({ ...tanks, offset: '-1', where })).status).toBe(400)
    }
  })

  it('columns are those that were named, and the key is one of them', async () => {
    await insert(1)
    const named = { ...tanks, columns: 'id,"has,comma"' }
    const position = await follow(named)
    expect(position.messages[0]?.value).toEqual({ id: '1', 'has,comma': null })
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'unseen'`)
    await db.pool.query(`UPDATE yard."Tanks" SET "has,comma" = 4.5`)
    const log = await ask({ ...named, ...at(position) })
    expect(rowsOf(log.messages).map((m) => m.value)).toEqual([{ id: '1', 'has,comma': '4.50' }])
    const keyless = await ask({ ...tanks, offset: '-1', columns: 'title' })
    expect(JSON.stringify(keyless.json)).toContain('missing: id')
    const unknown = await ask({ ...tanks, offset: '-1', columns: 'id,nothing' })
    expect(JSON.stringify(unknown.json)).toContain('not found on the table: nothing')
  })

  it('replica full tells whole rows and what the changed columns were', async () => {
    await insert(1)
    const full = { ...tanks, replica: 'full' }
    const position = await follow(full)
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'new'`)
    await db.pool.query(`DELETE FROM yard."Tanks"`)
    const { messages } = await ask({ ...full, ...at(position) })
    expect(messages[0]).toMatchObject({
      value: { id: '1', title: 'new', 'has,comma': null },
      old_value: { title: 'tank 1' },
    })
    expect(messages[0]?.old_value).toEqual({ title: 'tank 1' })
    expect(messages[1]?.value).toEqual({ id: '1', title: 'new', 'has,comma': null })
  })

  it('changes only begins empty, and tells what comes', async () => {
    await insert(1)
    const changes = { ...tanks, log: 'changes_only' }
    const position = await follow(changes)
    expect(operations(position.messages)).toEqual(['snapshot-end', 'up-to-date'])
    await db.pool.query(`UPDATE yard."Tanks" SET title = 'new'`)
    const { messages } = await ask({ ...changes, ...at(position) })
    expect(messages[0]?.value).toEqual({ id: '1', title: 'new' })
  })

  it('now is a lone up-to-date at the end of the log', async () => {
    await insert(1)
    const fresh = await ask({ ...tanks, offset: 'now' })
    expect(fresh).toMatchObject({ status: 200, offset: '0_inf' })
    expect(operations(fresh.messages)).toEqual(['up-to-date'])
    await insert(2)
    const later = await ask({ ...tanks, offset: 'now' })
    expect(later.handle).toBe(fresh.handle)
    expect(later.offset).toBe((await ask({ ...tanks, ...at(fresh) })).offset)
    expect(operations(later.messages)).toEqual(['up-to-date'])
  })
})

describe('subsets', () => {
  const changes = { ...tanks, log: 'changes_only' }
  const subset = async (params: Record<string, string>, init?: RequestInit) =>
    (await ask({ ...changes, ...params }, init)).json as SubsetBody

  it('are read by GET or POST at one moment, in order and by pages', async () => {
    for (const id of [1, 2, 3]) await insert(id)
    const { handle, offset } = await follow(changes)
    const got = await ask({
      ...{ ...changes, handle, offset, subset__where: 'id > $1', subset__order_by: 'title DESC' },
      ...{ subset__params: '{"1":"1"}', subset__limit: '1', subset__offset: '1' },
    })
    const { metadata, data } = got.json as SubsetBody
    expect(data.map((m) => m.value?.['id'])).toEqual(['2'])
    expect(data[0]?.headers).toMatchObject({ snapshot_mark: metadata['snapshot_mark'] })
    expect(metadata).toMatchObject({
      ...{ xmin: expect.stringMatching(/^\d+$/) as string, xip_list: [] },
      database_lsn: expect.stringMatching(/^\d+$/) as string,
    })
    expect(got.headers.get('cache-control')).toBe('no-cache')
    expect(got.headers.get('electric-snapshot')).toBe('true')
    // A client that follows already keeps its place.
    expect(got.offset).toBe(offset)
    const where = { where: 'id > $1', params: { 1: '2' }, order_by: 'id' }
    const posted = await subset({ handle, offset }, { method: 'POST', body: JSON.stringify(where) })
    expect(posted.data.map((m) => m.value?.['id'])).toEqual(['3'])
  })

  it('count their params from 1 whatever the shape’s are', async () => {
    for (const id of [1, 2, 3]) await insert(id)
    const shape = { where: 'id >= $1', 'params[1]': '2', offset: '-1' }
    const { data } = await subset({
      ...shape,
      subset__where: 'id <= $1',
      subset__params: '{"1":"2"}',
    })
    expect(data.map((m) => m.value?.['id'])).toEqual(['2'])
  })

  it('a change that was open when the subset was read can be told from those it holds', async () => {
    await insert(1)
    const { handle, offset } = await follow(changes)
    const client = await db.pool.connect()
    await client.query('BEGIN')
    await client.query(`UPDATE yard."Tanks" SET title = 'open'`)
    const before = await subset({ handle, offset, subset__where: 'true' })
    await client.query('COMMIT')
    client.release()
    const after = await subset({ handle, offset, subset__where: 'true' })
    const log = await ask({ ...changes, handle, offset })
    const [xid] = log.messages[0]?.headers['txids'] as number[]
    const visible = ({ metadata }: SubsetBody) => {
      const [xmin, xmax] = [Number(metadata['xmin']), Number(metadata['xmax'])]
      const open = (metadata['xip_list'] as string[]).map(Number)
      return (xid ?? 0) < xmin || ((xid ?? 0) < xmax && !open.includes(xid ?? 0))
    }
    expect([visible(before), visible(after)]).toEqual([false, true])
  })

  it.each([
    [{ subset__limit: '1' }, 'order_by', 'order_by is required'],
    [{ subset__order_by: 'pg_sleep(1)' }, 'order_by', 'not allowed in ORDER BY'],
    [{ subset__where: "status = 'x'" }, 'where', 'unknown reference status'],
    [{ subset__where: `title = '${'a'.repeat(9_000)}'` }, 'where', ''],
  ])('%o', async (params, field, text) => {
    const answer = await ask({ ...changes, offset: '-1', ...params })
    if (text === '') expect(answer.status).toBe(200)
    else {
      const { errors } = answer.json as { errors: { subset: Record<string, string[]> } }
      expect(errors.subset[field]?.[0]).toContain(text)
    }
  })

  it('name columns of the allowed list only', async () => {
    const list = { queryable_columns: 'id,"has,comma"', columns: 'id', offset: '-1' }
    const ok = await ask({ ...changes, ...list, subset__where: '"has,comma" IS NULL' })
    expect(ok.status).toBe(200)
    const no = await ask({ ...changes, ...list, subset__where: "title = 'x'" })
    expect(JSON.stringify(no.json)).toContain('unknown reference title')
  })
})

it('no fault was raised by any of this', () => {
  expect(server.faults).toEqual([])
})
