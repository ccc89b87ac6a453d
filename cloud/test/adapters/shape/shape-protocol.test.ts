import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeMessage,
  messageKey,
  type LoggedChange,
} from '../../../src/adapters/shape/messages.ts'
import { parseOffset } from '../../../src/adapters/shape/offset.ts'
import { nextCursor, schemaHeader } from '../../../src/adapters/shape/response-headers.ts'
import {
  definitionHash,
  type ShapeDefinition,
} from '../../../src/adapters/shape/shape-definition.ts'
import { parseShapeRequest } from '../../../src/adapters/shape/shape-request.ts'

const definition: ShapeDefinition = {
  schema: 'public',
  table: 'booking',
  columns: ['id', 'note'],
  where: 'station_no = $1',
  params: ['42'],
  replica: 'full',
  log: 'full',
}
const context = { definition, keyColumns: ['id'] }

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
      value: { offset: { kind: 'start' }, live: false, cursor: '5' },
    })
  })

  it('a handle is not looked at where it makes no sense', () => {
    expect(parse('offset=-1&handle=old')).toMatchObject({ value: { handle: undefined } })
  })
})

describe('keys', () => {
  it.each([
    [['1'], '"public"."booking"/"1"'],
    [['a/b', 'c'], '"public"."booking"/"a//b"/"c"'],
    [[null], '"public"."booking"/_'],
  ])('%o', (parts, key) => {
    expect(messageKey(definition, parts)).toBe(key)
  })

  it('two rows never share a key', () => {
    const part = fc.option(fc.string({ unit: fc.constantFrom('/', '"', '_', 'a') }), { nil: null })
    const parts = fc.tuple(part, part)
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b))
        // A quote inside a value is not escaped in this protocol; values with `"/"` may collide.
        fc.pre(!JSON.stringify([a, b]).includes('\\"'))
        expect(messageKey(definition, a)).not.toBe(messageKey(definition, b))
      }),
    )
  })
})

describe('what a change means for a shape', () => {
  const row = (note: string | null) => ({ id: '1', note })
  const change = (more: Partial<LoggedChange>): LoggedChange => ({
    seq: 9,
    xid: 77,
    op: 'U',
    key: ['1'],
    peerKey: null,
    old: row('a'),
    new: row('b'),
    wasIn: true,
    isIn: true,
    last: false,
    ...more,
  })
  const told = (more: Partial<LoggedChange>, of = context) => {
    const text = changeMessage(of, change(more))
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
  }

  it('an update inside the shape tells the whole row and what the changed columns were', () => {
    expect(told({})).toMatchObject({
      key: '"public"."booking"/"1"',
      value: { id: '1', note: 'b' },
      old_value: { note: 'a' },
      headers: { operation: 'update', lsn: '9', op_position: 0, txids: [77] },
    })
  })

  it('with the default replica it tells key and changed columns only', () => {
    const bare = { ...context, definition: { ...definition, replica: 'default' as const } }
    expect(told({}, bare)?.['value']).toEqual({ id: '1', note: 'b' })
    expect(told({ op: 'D', new: null, isIn: false }, bare)?.['value']).toEqual({ id: '1' })
  })

  it('leaving the where is a delete, entering it an insert', () => {
    expect(told({ isIn: false })).toMatchObject({ headers: { operation: 'delete' } })
    expect(told({ wasIn: false })).toMatchObject({ headers: { operation: 'insert' } })
  })

  it('a change outside, or of no column of the shape, is not told', () => {
    expect(told({ wasIn: false, isIn: false })).toBeUndefined()
    expect(told({ new: row('a') })).toBeUndefined()
    expect(told({ op: 'D', wasIn: false, new: null, isIn: false })).toBeUndefined()
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
      ...more,
    })
    const table = {
      rel: 1,
      key: ['id'],
      columns: [
        column('id', { type: 'uuid', notNull: true, pkIndex: 0 }),
        column('note'),
        column('x'),
      ],
    }
    expect(JSON.parse(schemaHeader(definition, table))).toEqual({
      id: { type: 'uuid', not_null: true, pk_index: 0 },
      note: { type: 'text' },
    })
  })

  it('another definition, table or database epoch is another shape', () => {
    const place = { rel: 1, dbEpoch: 1 }
    const hashes = [
      definitionHash(definition, place),
      definitionHash({ ...definition, params: ['43'] }, place),
      definitionHash({ ...definition, columns: ['id'] }, place),
      definitionHash(definition, { rel: 2, dbEpoch: 1 }),
      definitionHash(definition, { rel: 1, dbEpoch: 2 }),
    ]
    expect(new Set(hashes).size).toBe(5)
  })
})
