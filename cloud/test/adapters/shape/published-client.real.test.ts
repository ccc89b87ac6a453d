import {
  FetchError,
  isChangeMessage,
  isControlMessage,
  Shape,
  ShapeStream,
  type Message,
  type Row,
  type ShapeStreamInterface,
  type ShapeStreamOptions,
} from '@electric-sql/client'
import { millis } from '@baari/shared/units/time'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serveShapes, shapeDatabase, type ShapeServer } from '../../support/shape-world.ts'

type Database = Awaited<ReturnType<typeof shapeDatabase>>
type Tank = Row<never> & { readonly id: number; readonly title: string }

let db: Database
let server: ShapeServer
let abort: AbortController

beforeAll(async () => {
  db = await shapeDatabase()
  server = await serveShapes(db.url, {
    ...{ open: { allowDelete: true }, chunkBytes: 2_000 },
    ...{ holdFor: millis(2_000), streamFor: millis(4_000) },
  })
})
afterAll(async () => {
  await server.stop()
  await db.drop()
})
beforeEach(async () => {
  abort = new AbortController()
  await db.pool.query(
    'DROP TABLE IF EXISTS tank; CREATE TABLE tank (id int PRIMARY KEY, title text NOT NULL)',
  )
})
afterEach(() => abort.abort())

const sql = (text: string) => db.pool.query(text)

/** The published client on the table, as an application would use it. */
function stream(more: Partial<ShapeStreamOptions<never>> = {}): ShapeStream<Tank> {
  return new ShapeStream<Tank>({
    url: new URL('/v1/shape', server.url).href,
    signal: abort.signal,
    ...more,
    params: { table: 'tank', ...more.params },
  })
}

/** The client's own types were not made for exact optional properties. */
const shapeOf = (source: ShapeStream<Tank>): Shape<Tank> =>
  new Shape<Tank>(source as ShapeStreamInterface<Tank>)

const titles = (shape: Shape<Tank>): readonly string[] =>
  shape.currentRows.toSorted((a, b) => a.id - b.id).map(({ title }) => title)

describe.each([
  ['long polls', { liveSse: false }],
  ['server-sent events', { liveSse: true }],
])('the published client by %s', (_by, live) => {
  it('holds the rows as they are, over chunks, changes and key changes', async () => {
    await sql(`INSERT INTO tank SELECT n, repeat('t', 150) || n FROM generate_series(1, 40) AS n`)
    const shape = shapeOf(stream(live))
    expect(await shape.rows).toHaveLength(40)
    await sql(`BEGIN; DELETE FROM tank WHERE id > 2; UPDATE tank SET title = 'two' WHERE id = 2;
      UPDATE tank SET id = 9, title = 'nine' WHERE id = 1; INSERT INTO tank VALUES (10, 'ten'); COMMIT`)
    await expect.poll(() => titles(shape), { timeout: 10_000 }).toEqual(['two', 'nine', 'ten'])
  })

  it('begins anew when the shape is ended under it', async () => {
    await sql(`INSERT INTO tank VALUES (1, 'one')`)
    const source = stream(live)
    const shape = shapeOf(source)
    await shape.rows
    const first = source.shapeHandle ?? ''
    await sql('TRUNCATE tank')
    await sql(`INSERT INTO tank VALUES (2, 'two')`)
    await expect.poll(() => titles(shape), { timeout: 10_000 }).toEqual(['two'])
    expect(source.shapeHandle).not.toBe(first)
  })

  it('follows a where, from now, without a snapshot', async () => {
    await sql(`INSERT INTO tank VALUES (1, 'full'), (2, 'empty')`)
    const messages: Message<Tank>[] = []
    const source = stream({
      ...live,
      offset: 'now',
      params: { table: 'tank', where: 'title = $1', params: ['full'] },
    })
    source.subscribe((batch) => void messages.push(...batch))
    await expect.poll(() => source.isUpToDate).toBe(true)
    await sql(`UPDATE tank SET title = 'full' WHERE id = 2`)
    await sql(`UPDATE tank SET title = 'empty' WHERE id = 1`)
    const told = () =>
      messages.filter(isChangeMessage).map((m) => [m.headers.operation, m.value.id])
    await expect.poll(told, { timeout: 10_000 }).toEqual([
      ['insert', 2],
      ['delete', 1],
    ])
  })

  it.each(['GET', 'POST'] as const)(
    'asks for a part by %s and loses no change around it',
    async (method) => {
      await sql(`INSERT INTO tank VALUES (1, 'one'), (2, 'two'), (3, 'three')`)
      const source = stream({ ...live, log: 'changes_only', subsetMethod: method })
      const shape = shapeOf(source)
      await shape.rows
      const { data } = await source.requestSnapshot({
        where: 'id > $1',
        params: { '1': '1' },
        orderBy: 'id DESC',
        limit: 5,
      })
      expect(data.map((message) => message.value.id)).toEqual([3, 2])
      await sql(
        `UPDATE tank SET title = 'TWO' WHERE id = 2; UPDATE tank SET title = 'ONE' WHERE id = 1`,
      )
      await expect.poll(() => titles(shape), { timeout: 10_000 }).toEqual(['TWO', 'three'])
    },
  )

  it('is told what is wrong with its where, and stops', async () => {
    let wrong: unknown
    const source = stream({
      ...live,
      params: { table: 'tank', where: '1 x 1' },
      onError: (error) => void (wrong = error),
    })
    source.subscribe(
      () => undefined,
      () => undefined,
    )
    await expect.poll(() => wrong).toBeInstanceOf(FetchError)
    expect((wrong as FetchError).json).toEqual({
      message: 'Invalid request',
      errors: { where: ['At location 17: syntax error at or near "x"'] },
    })
  })

  it('a refresh brings what was committed before it, at once', async () => {
    const source = stream(live)
    const batches: Message<Tank>[] = []
    source.subscribe((batch) => void batches.push(...batch))
    await expect.poll(() => source.isUpToDate).toBe(true)
    await sql(`INSERT INTO tank VALUES (1, 'one')`)
    await source.forceDisconnectAndRefresh()
    expect(batches.filter(isChangeMessage).map((m) => m.value.id)).toEqual([1])
    expect(batches.filter(isControlMessage).at(-1)?.headers.control).toBe('up-to-date')
  })
})

it('no fault was raised by any of this', () => {
  expect(server.faults).toEqual([])
})
