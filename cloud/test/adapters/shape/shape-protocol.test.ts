import { describe, expect, it } from 'vitest'
import {
  parseColumns,
  parseIdentifier,
  parseRelation,
} from '../../../src/adapters/shape/identifiers.ts'
import { parseOffset } from '../../../src/adapters/shape/offset.ts'
import { nextCursor, schemaHeader } from '../../../src/adapters/shape/response-headers.ts'
import {
  definitionHash,
  type ShapeDefinition,
} from '../../../src/adapters/shape/shape-definition.ts'
import { parseShapeRequest } from '../../../src/adapters/shape/shape-request.ts'
import { asksOtherTables, renumberParams } from '../../../src/adapters/shape/sql-text.ts'
import {
  orderBySql,
  parseSubset,
  subsetFields,
} from '../../../src/adapters/shape/subset-request.ts'

const definition: ShapeDefinition = {
  schema: 'public',
  table: 'booking',
  columns: ['id', 'note'],
  where: 'station_no = $1',
  params: ['42'],
  replica: 'full',
  log: 'full',
}

describe('offsets', () => {
  it.each([
    ['-1', { kind: 'start' }],
    ['now', { kind: 'now' }],
    ['0_0', { kind: 'chunk', n: 0 }],
    ['0_7', { kind: 'chunk', n: 7 }],
    ['0_inf', { kind: 'snapshot-end' }],
    ['12_0', { kind: 'log', seq: 12 }],
    ['12_inf', { kind: 'log', seq: 12 }],
  ])('%s', (text, offset) => {
    expect(parseOffset(text)).toEqual(offset)
  })

  it.each(['', '-2', '1', '_', '1_', '_1', '1_x', '1.5_0', '1_0_0', ' 1_0', '9'.repeat(20) + '_0'])(
    'refuses %o',
    (text) => {
      expect(parseOffset(text)).toBeUndefined()
    },
  )
})

describe('requests', () => {
  const parse = (text: string) => parseShapeRequest(new URLSearchParams(text))

  it('what the client adds for caches is ignored', () => {
    expect(parse('offset=-1&cursor=5&expired_handle=x&cache-buster=y&log=full')).toMatchObject({
      ok: true,
      value: { offset: { kind: 'start' }, live: 'no', cursor: '5' },
    })
  })

  it('an event stream is a live request, under either name', () => {
    expect(parse('offset=0_0&handle=h&live=true&live_sse=true')).toMatchObject({
      value: { live: 'stream' },
    })
    expect(parse('offset=0_0&handle=h&live&experimental_live_sse=true')).toMatchObject({
      value: { live: 'stream' },
    })
    expect(parse('offset=0_0&handle=h&live_sse=true')).toMatchObject({
      error: { live_sse: ["can't be true unless live is also true"] },
    })
  })

  it('a handle is not looked at where it makes no sense', () => {
    expect(parse('offset=-1&handle=old')).toMatchObject({ value: { handle: undefined } })
  })
})

describe('names', () => {
  it.each([
    ['foo', ['public', 'foo']],
    ['Foo.BAR', ['foo', 'bar']],
    ['"Foo.x"."b""ar"', ['Foo.x', 'b"ar']],
    ['electric_test."issues for 1_2"', ['electric_test', 'issues for 1_2']],
  ])('%s', (text, [schema, table]) => {
    expect(parseRelation(text)).toEqual({ ok: true, value: { schema, table } })
  })

  it.each(['', 'a.b.c', 'fo@r', '"a"b"', '"', 'x'.repeat(64)])('%o is none', (text) => {
    expect(parseRelation(text).ok).toBe(false)
  })

  it('a column list may quote commas and keeps capitals in quotes only', () => {
    expect(parseColumns('Id,"has,comma","has""quote"')).toEqual({
      ok: true,
      value: ['id', 'has,comma', 'has"quote'],
    })
    expect(parseColumns('foo,')).toMatchObject({ ok: false })
    expect(parseIdentifier('"PoT@To"')).toEqual({ ok: true, value: 'PoT@To' })
  })
})

describe('conditions', () => {
  it.each([
    ['id IN (SELECT 1)', true],
    ['id IN (TABLE other)', true],
    ["note = 'select'", false],
    ['"select" = 1', false],
    ['note = $$select$$', false],
    ["note = E'\\'select'", false],
    ['selected = 1', false],
  ])('%s asks other tables: %s', (sql, answer) => {
    expect(asksOtherTables(sql)).toBe(answer)
  })

  it('params move up together, and texts stay as they are', () => {
    expect(renumberParams('a = $1 AND b = \'$1\' AND c = $12 AND "$2" = $3', 2)).toBe(
      'a = $3 AND b = \'$1\' AND c = $14 AND "$2" = $5',
    )
  })

  it.each([
    ['title ASC', '"title" ASC'],
    ['title', '"title" '],
    ['title desc nulls last, "id"', '"title" DESC NULLS LAST, "id" '],
  ])('ORDER BY %s', (text, sql) => {
    expect(orderBySql(text, ['id', 'title'])).toEqual({ ok: true, value: sql })
  })

  it.each([
    'pg_sleep(5)',
    '(SELECT count(*) FROM pg_tables)',
    'id::text',
    'CASE WHEN (SELECT true) THEN 1 ELSE 0 END',
    'CAST((SELECT version()) AS int) DESC',
    'secret',
    '',
  ])('ORDER BY %s is refused', (text) => {
    expect(orderBySql(text, ['id', 'title']).ok).toBe(false)
  })
})

describe('subsets', () => {
  it('are found in the query and in the body, where the body counts', () => {
    const query = new URLSearchParams('subset__where=a&subset__limit=3&table=x')
    expect(subsetFields(query, { where: 'b' })).toEqual({ where: 'b', limit: '3' })
    expect(subsetFields(new URLSearchParams('table=x'), {})).toBeUndefined()
    expect(subsetFields(new URLSearchParams(), { subset: { order_by: 'c' } })).toEqual({
      order_by: 'c',
    })
  })

  it('params are told by number, as JSON text or as an object', () => {
    const params = { '2': 'b', '1': 922 }
    for (const given of [params, JSON.stringify(params)]) {
      expect(parseSubset({ where: 'x', params: given })).toMatchObject({
        ok: true,
        value: { params: ['922', 'b'] },
      })
    }
  })

  it.each([
    [{ limit: 2 }, 'order_by'],
    [{ offset: '1' }, 'order_by'],
    [{ limit: 0, order_by: 'a' }, 'limit'],
    [{ where: 'x', params: '{' }, 'params'],
    [{ where: 'x', params: { '2': 'b' } }, 'params'],
  ])('%o is wrong in %s', (given, field) => {
    const parsed = parseSubset(given)
    expect(parsed.ok ? {} : parsed.error['subset']).toHaveProperty(field)
  })
})

describe('headers', () => {
  const twoSteps = 20_000

  it('the cursor rises with time and goes beyond the one the client has', () => {
    const now = Date.UTC(2026, 10, 22)
    const cursor = nextCursor(now, undefined, () => 0)
    expect(Number(cursor) % 20).toBe(0)
    expect(Number(nextCursor(now + twoSteps, cursor, () => 0))).toBe(Number(cursor) + 20)
    expect(Number(nextCursor(now, cursor, () => 0))).toBe(Number(cursor) + 1)
    expect(Number(nextCursor(now, cursor, () => 0.999))).toBe(Number(cursor) + 3_597)
    expect(nextCursor(now, 'rubbish', () => 0)).toBe(cursor)
  })

  it('the schema names the shape’s columns only', () => {
    const column = (name: string, more = {}) => ({
      name,
      type: 'text',
      dims: 0,
      notNull: false,
      pkIndex: null,
      modifier: -1,
      virtual: false,
      ...more,
    })
    const table = {
      rel: 1,
      key: ['id'],
      columns: [
        column('id', { type: 'uuid', notNull: true, pkIndex: 0 }),
        column('note', { type: 'varchar', modifier: 24 }),
        column('x'),
      ],
    }
    expect(JSON.parse(schemaHeader(definition, table))).toEqual({
      id: { type: 'uuid', not_null: true, pk_index: 0 },
      note: { type: 'varchar', max_length: 20 },
    })
  })

  it('another definition, table or database epoch is another shape', () => {
    const place = { rel: 1, key: ['id'], types: ['id uuid'], dbEpoch: 1 }
    const hashes = [
      definitionHash(definition, place),
      definitionHash({ ...definition, params: ['43'] }, place),
      definitionHash({ ...definition, columns: ['id'] }, place),
      definitionHash(definition, { ...place, rel: 2 }),
      definitionHash(definition, { ...place, key: ['note'] }),
      definitionHash(definition, { ...place, types: ['id int8'] }),
      definitionHash(definition, { ...place, dbEpoch: 2 }),
    ]
    expect(new Set(hashes).size).toBe(7)
  })
})
