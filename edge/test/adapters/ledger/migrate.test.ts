import Database from 'better-sqlite3'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { migrate } from '../../../src/adapters/ledger/migrate.ts'
import { migrations } from '../../../src/adapters/ledger/migrations/all.ts'
import * as booking from '../../../src/adapters/ledger/schema/booking.ts'
import * as checkIn from '../../../src/adapters/ledger/schema/check-in.ts'
import * as people from '../../../src/adapters/ledger/schema/people.ts'
import * as station from '../../../src/adapters/ledger/schema/station.ts'
import * as sync from '../../../src/adapters/ledger/schema/sync.ts'
import * as ticket from '../../../src/adapters/ledger/schema/ticket.ts'

const first = {
  no: 1,
  name: 'one',
  sql: 'CREATE TABLE a (n INTEGER) STRICT; INSERT INTO a VALUES (1)',
}
const second = { no: 2, name: 'two', sql: 'CREATE TABLE b AS SELECT n + 1 AS n FROM a' }

describe('migrations', () => {
  it('run once each, in order, and keep the data', () => {
    const db = new Database(':memory:')
    migrate(db, [first])
    migrate(db, [first, second])
    migrate(db, [first, second])
    expect(db.prepare('SELECT n FROM b').pluck().all()).toEqual([2])
    expect(db.prepare('SELECT no FROM migration').pluck().all()).toEqual([1, 2])
  })

  it('one that fails leaves the file as the step before it did', () => {
    const db = new Database(':memory:')
    const broken = { no: 2, name: 'two', sql: 'CREATE TABLE b (n INTEGER); SELECT nothing' }
    expect(() => migrate(db, [first, broken])).toThrow()
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all()
    expect(tables).toEqual(['migration', 'a'])
  })

  it('a step edited after its release stops the node', () => {
    const db = new Database(':memory:')
    migrate(db, [first])
    expect(() => migrate(db, [{ ...first, sql: `${first.sql};` }])).toThrow(/edited/)
  })

  it('a file newer than the program stops the node', () => {
    const db = new Database(':memory:')
    migrate(db, [first, second])
    expect(() => migrate(db, [first])).toThrow(/newer/)
  })

  it('numbers rise, and one that was left out is filled in later', () => {
    expect(() => migrate(new Database(':memory:'), [second, first])).toThrow(/upwards/)
    const db = new Database(':memory:')
    const third = { no: 3, name: 'three', sql: 'CREATE TABLE c (n INTEGER)' }
    migrate(db, [first, third])
    migrate(db, [first, second, third])
    expect(db.prepare('SELECT n FROM b').pluck().all()).toEqual([2])
    const numbers = migrations.map(({ no }) => no)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
  })
})

const tables = [booking, checkIn, people, station, sync, ticket].flatMap((file) =>
  Object.values(file),
)

it.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
  'the table %s has the columns and the nullability that the code expects',
  (name, table) => {
    const db = new Database(':memory:')
    migrate(db, migrations)
    type Column = { readonly name: string; readonly notnull: number; readonly pk: number }
    const real = (db.pragma(`table_info(${name})`) as Column[]).map((column) => [
      column.name,
      column.notnull === 1 || column.pk > 0,
    ])
    const { columns } = getTableConfig(table)
    const expected = columns.map((column) => [column.name, column.notNull || column.primary])
    expect(new Map(expected as [string, boolean][])).toEqual(new Map(real as [string, boolean][]))
  },
)

it('answers, scans and the queue of an older file are found again after step 22', () => {
  const db = new Database(':memory:')
  migrate(
    db,
    migrations.filter(({ no }) => no < 22),
  )
  const answer = db.prepare(
    'INSERT INTO request_answer (scope, key, request_sha256, answer, at_ms) VALUES (?, ?, ?, ?, ?)',
  )
  answer.run('a', 'k2', 'h2', '{"n":2}', 2000)
  answer.run('b', 'k1', 'h1', '{"n":1}', 1000)
  const scanned = db.prepare('INSERT INTO scan (id, at_ms, view, booking) VALUES (?, ?, ?, ?)')
  scanned.run('later', 2000, '{}', 'b')
  scanned.run('earlier', 1000, '{}', null)
  const vehicles = [
    { serial: 3, ticket: 'x' },
    { serial: 7, ticket: 'y' },
  ]
  const body = JSON.stringify({ picks: 4, vehicles, recent: [{ ticket: 'x' }] })
  db.prepare('INSERT INTO queue_state (id, body) VALUES (1, ?)').run(body)
  migrate(db, migrations)
  const all = (sql: string): unknown => db.prepare(sql).all()
  expect(all('SELECT no, scope, key, answer FROM request_answer ORDER BY no')).toEqual([
    { no: 1, scope: 'b', key: 'k1', answer: '{"n":1}' },
    { no: 2, scope: 'a', key: 'k2', answer: '{"n":2}' },
  ])
  expect(all('SELECT id, at_ms, booking FROM scan ORDER BY no')).toEqual([
    { id: 'earlier', at_ms: 1000, booking: null },
    { id: 'later', at_ms: 2000, booking: 'b' },
  ])
  expect(all('SELECT serial, body FROM queue_vehicle ORDER BY serial')).toEqual(
    vehicles.map((vehicle) => ({ serial: vehicle.serial, body: JSON.stringify(vehicle) })),
  )
  const bodyOf = (table: string): unknown =>
    JSON.parse(db.prepare<[], string>(`SELECT body FROM ${table}`).pluck().get() ?? 'null')
  expect(bodyOf('queue_recent')).toEqual([{ ticket: 'x' }])
  expect(bodyOf('queue_state')).toEqual({ picks: 4, vehicles: [], recent: [] })
})
