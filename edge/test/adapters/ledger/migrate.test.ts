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
