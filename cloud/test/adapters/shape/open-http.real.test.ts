import { millis } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openClient } from '../../support/open-client.ts'
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

const { ask, follow, events } = openClient(() => server.url)
const tanks = { table: 'yard."Tanks"' }
const insert = (id: number, title = `tank ${id}`) =>
  db.pool.query('INSERT INTO yard."Tanks" VALUES ($1, $2)', [id, title])
const operations = (messages: Parameters<typeof rowsOf>[0]) =>
  messages.map((m) => m.headers['operation'] ?? m.headers['control'])

const at = ({ handle, offset }: { handle: string; offset: string }) => ({ handle, offset })

describe('events', () => {
  it('come as they happen, with an up-to-date after each batch, until the stream’s time is up', async () => {
    const position = await follow(tanks)
    const stream = await events({ ...tanks, ...at(position) })
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.response.headers.get('electric-cursor')).toMatch(/^\d+$/)
    expect(stream.response.headers.get('cache-control')).toBe('public, max-age=2')
    await insert(1)
    await expect.poll(() => operations(stream.got)).toEqual(['insert', 'up-to-date'])
    const seen = String(stream.got[1]?.headers['global_last_seen_lsn'])
    await insert(2)
    await expect.poll(() => stream.got.length).toBe(4)
    await stream.ended
    const again = await ask({ ...tanks, handle: position.handle, offset: `${seen}_0` })
    expect(rowsOf(again.messages).map((m) => m.value?.['id'])).toEqual(['2'])
  })

  it('end with must-refetch when the shape does, and leave no waiter when the client goes', async () => {
    const position = await follow(tanks)
    const stays = await events({ ...tanks, ...at(position) })
    const leaves = await events({ ...tanks, ...at(position) })
    await expect.poll(() => server.shapes.waiting()).toBe(2)
    leaves.close()
    await expect.poll(() => server.shapes.waiting()).toBe(1)
    await db.pool.query('TRUNCATE yard."Tanks"')
    await stays.ended
    expect(operations(stays.got)).toEqual(['must-refetch'])
    expect((await ask({ ...tanks, ...at(position), live: 'true', live_sse: 'true' })).status).toBe(
      409,
    )
  })
})

describe('deletion', () => {
  it('by handle or by definition ends the shape, also for those who wait', async () => {
    const first = await follow(tanks)
    const held = ask({ ...tanks, ...at(first), live: 'true' })
    await expect.poll(() => server.shapes.waiting()).toBe(1)
    expect((await ask({ handle: first.handle }, { method: 'DELETE' })).status).toBe(202)
    const refused = await held
    expect(refused.status).toBe(409)
    expect(refused.handle).not.toBe(first.handle)
    expect((await ask(tanks, { method: 'DELETE' })).status).toBe(202)
    expect((await ask({ ...tanks, handle: refused.handle, offset: '0_0' })).status).toBe(409)
    expect((await ask({ handle: first.handle }, { method: 'DELETE' })).status).toBe(404)
    expect((await ask({ handle: 'nobody' }, { method: 'DELETE' })).status).toBe(404)
  })

  it('is 404 where it is not allowed', async () => {
    const strict = await serveShapes(db.url, { open: { allowDelete: false } })
    const { handle } = await follow(tanks)
    const url = new URL(`/v1/shape?handle=${handle}`, strict.url)
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(404)
    await strict.stop()
  })
})

describe('a large transaction', () => {
  it('comes in chunks of the size that was set, and only its last change says so', async () => {
    const position = await follow(tanks)
    await db.pool.query(
      `INSERT INTO yard."Tanks" SELECT n, repeat('x', 900) FROM generate_series(1, 60) AS n`,
    )
    const { answers, messages } = await follow(tanks, position)
    expect(answers.length).toBeGreaterThan(5)
    for (const answer of answers.slice(0, -1)) {
      expect(JSON.stringify(answer.messages).length).toBeLessThanOrEqual(10_000)
      expect(answer.headers.get('electric-up-to-date')).toBeNull()
    }
    expect(rowsOf(messages)).toHaveLength(60)
    expect(rowsOf(messages).filter((m) => m.headers['last'] === true)).toHaveLength(1)
  })
})

describe('HTTP', () => {
  it('any origin may read every header, by any method of the protocol', async () => {
    const options = await ask(tanks, { method: 'OPTIONS' })
    expect(options.status).toBe(204)
    const methods = options.headers.get('access-control-allow-methods')?.split(', ')
    expect(new Set(methods)).toEqual(new Set(['GET', 'POST', 'HEAD', 'DELETE', 'OPTIONS']))
    const refused = await ask({ ...tanks, offset: 'x' })
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    expect(refused.headers.get('access-control-expose-headers')).toBe('*')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('surrogate-control')).toBe('no-store')
  })

  it('HEAD tells the headers of a GET', async () => {
    const get = await ask({ ...tanks, offset: '-1' })
    const head = await ask({ ...tanks, offset: '-1' }, { method: 'HEAD' })
    expect(head.json).toBeNull()
    for (const name of ['electric-handle', 'electric-offset', 'electric-schema', 'etag']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name))
    }
  })

  it('each kind of answer says how long it may be kept', async () => {
    const kept = (answer: { headers: Headers }) => answer.headers.get('cache-control')
    const first = await ask({ ...tanks, offset: '-1' })
    expect(kept(first)).toBe(
      'public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746',
    )
    const next = await ask({ ...tanks, ...at(first) })
    expect(kept(next)).toBe('public, max-age=1, stale-while-revalidate=3')
    const live = await ask({ ...tanks, ...at(next), live: 'true' })
    expect(kept(live)).toBe('public, max-age=5, stale-while-revalidate=5')
    const gone = await ask({ ...tanks, handle: 'x', offset: '0_0' })
    expect(kept(gone)).toBe('public, max-age=60, must-revalidate')
  })

  it('health is active while the database answers, and the root is 200', async () => {
    const health = await fetch(new URL('/v1/health', server.url))
    expect(await health.json()).toEqual({ status: 'active' })
    expect((await fetch(server.url)).status).toBe(200)
    expect((await fetch(new URL('/elsewhere', server.url))).status).toBe(404)
  })

  it('a body that is no JSON object is refused', async () => {
    for (const body of ['{', '[]']) {
      expect((await ask({ ...tanks, offset: '-1' }, { method: 'POST', body })).status).toBe(400)
    }
  })

  it('no fault was raised by any of this', () => {
    expect(server.faults).toEqual([])
  })
})
