import { bookingRow, keySetRow, stationShapes } from '@baari/shared/contracts/sync/shapes'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { afterEach, describe, expect, it } from 'vitest'
import { migrate } from '../../../src/adapters/postgres/migrate.ts'
import { migrations } from '../../../src/adapters/postgres/migrations/all.ts'
import * as bookings from '../../../src/adapters/postgres/schema/bookings.ts'
import * as people from '../../../src/adapters/postgres/schema/people.ts'
import * as facts from '../../../src/adapters/postgres/schema/station-facts.ts'
import * as stations from '../../../src/adapters/postgres/schema/stations.ts'
import {
  emptyDatabase,
  migratedDatabase,
  type PooledDatabase,
} from '../../support/migrated-database.ts'

let database: PooledDatabase | undefined
afterEach(async () => {
  await database?.drop()
  database = undefined
})

async function columnsOf(db: PooledDatabase): Promise<Map<string, Map<string, string>>> {
  const { rows } = await db.pool.query<{ t: string; c: string; kind: string; nullable: string }>(
    `SELECT table_name t, column_name c, udt_name kind, is_nullable nullable
     FROM information_schema.columns WHERE table_schema = 'public'`,
  )
  const tables = new Map<string, Map<string, string>>()
  for (const { t, c, kind, nullable } of rows) {
    const table = tables.get(t) ?? new Map<string, string>()
    tables.set(t, table.set(c, nullable === 'YES' ? `${kind}?` : kind))
  }
  return tables
}

describe('migrations', () => {
  it('processes that start at once apply every step exactly once', async () => {
    database = await emptyDatabase()
    const { pool } = database
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(pool, migrations)))
    expect(runs.flat().toSorted((a, b) => a - b)).toEqual(migrations.map((step) => step.number))
  })

  it('a released step that was edited stops the start', async () => {
    database = await migratedDatabase()
    const edited = migrations.map((step) => ({ ...step, sql: `${step.sql} ` }))
    await expect(migrate(database.pool, edited)).rejects.toThrow('was edited')
  })

  it('a step that fails midway leaves nothing behind and can be run again', async () => {
    database = await migratedDatabase()
    const next = { number: 9_999, name: 'broken', sql: 'CREATE TABLE half (a int); SELECT 1/0' }
    await expect(migrate(database.pool, [...migrations, next])).rejects.toThrow('division')
    const whole = { ...next, sql: 'CREATE TABLE half (a int)' }
    expect(await migrate(database.pool, [...migrations, whole])).toEqual([9_999])
  })

  it('a database newer than the program is refused', async () => {
    database = await migratedDatabase()
    await database.pool.query(
      `INSERT INTO schema_migration (number, name, sha256) VALUES (9999, 'later', '')`,
    )
    await expect(migrate(database.pool, migrations)).rejects.toThrow('newer than this program')
  })
})

describe('tables', () => {
  it('every typed column exists with the nullability the types claim', async () => {
    database = await migratedDatabase()
    const actual = await columnsOf(database)
    const tables = [bookings, people, facts, stations]
      .flatMap((module): unknown[] => Object.values(module))
      .filter((value): value is PgTable => is(value, PgTable))
    expect(tables.length).toBeGreaterThan(15)
    for (const table of tables) {
      const name = getTableName(table)
      const typed = Object.values(getTableColumns(table)).map((c) => [c.name, c.notNull])
      const found = [...(actual.get(name) ?? [])].map(([c, kind]) => [c, !kind.endsWith('?')])
      expect([name, ...typed.toSorted()]).toEqual([name, ...found.toSorted()])
    }
  })

  it('the tables a station follows have every column of the contract, int8 only where it parses', async () => {
    database = await migratedDatabase()
    const actual = await columnsOf(database)
    for (const [name, schema] of Object.entries(stationShapes)) {
      const columns = actual.get(name)
      expect([...(columns?.keys() ?? [])]).toEqual(
        expect.arrayContaining(Object.keys(schema.shape)),
      )
    }
    const plainIntegers = ['rev', 'max_uses', 'max_entries', 'station_no']
    for (const column of plainIntegers) {
      expect(Object.keys(bookingRow.shape)).toContain(column)
      expect(actual.get('booking')?.get(column)).toMatch(/^int4/)
    }
    expect(Object.keys(keySetRow.shape)).toContain('kid')
    expect(actual.get('key_set')?.get('kid')).toBe('int4')
  })
})
