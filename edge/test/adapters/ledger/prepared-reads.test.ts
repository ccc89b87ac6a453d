import Database from 'better-sqlite3'
import { asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { compileStatement } from '../../../src/adapters/ledger/compiled-statement.ts'
import { readRows } from '../../../src/adapters/ledger/prepared-reads.ts'
import { insertRow } from '../../../src/adapters/ledger/prepared-writes.ts'

const visit = sqliteTable('visit', {
  id: integer('id').primaryKey(),
  lane: integer('lane_no').notNull(),
  note: text('note'),
  nozzles: text('nozzles', { mode: 'json' }).$type<readonly string[]>(),
  staged: integer('staged', { mode: 'boolean' }).notNull(),
})

const first = { id: 1, lane: 2, note: null, nozzles: ['ngv1', 'ngv2'], staged: false }
const second = { id: 2, lane: 3, note: 'late', nozzles: null, staged: true }

function opened() {
  const sqlite = new Database(':memory:')
  sqlite.exec(`CREATE TABLE visit (id INTEGER PRIMARY KEY, lane_no INTEGER NOT NULL, note TEXT,
    nozzles TEXT, staged INTEGER NOT NULL) STRICT`)
  const session = { sqlite, db: drizzle(sqlite) }
  const insert = insertRow(session, visit)
  insert(second)
  insert(first)
  return session
}

describe('rows read by a statement compiled once', () => {
  it('come back as drizzle itself would give them', () => {
    const session = opened()
    const query = session.db.select().from(visit).orderBy(asc(visit.id))
    expect(readRows(session, visit, query).all()).toEqual([first, second])
    expect(readRows(session, visit, query).all()).toEqual(query.all())
  })

  it('are found by the values of the placeholders', () => {
    const session = opened()
    const all = session.db.select().from(visit)
    const byLane = readRows(session, visit, all.where(eq(visit.lane, sql.placeholder('lane'))))
    expect(byLane.get({ lane: 3 })).toEqual(second)
    expect(byLane.get({ lane: 2 })).toEqual(first)
  })

  it('a row that is not there is undefined, and a list of none is empty', () => {
    const session = opened()
    const all = session.db.select().from(visit)
    const byId = readRows(session, visit, all.where(eq(visit.id, sql.placeholder('id'))))
    expect(byId.get({ id: 3 })).toBeUndefined()
    expect(byId.all({ id: 3 })).toEqual([])
  })

  it('a placeholder without a value is refused, not taken for NULL', () => {
    const session = opened()
    const all = session.db.select().from(visit)
    const byId = readRows(session, visit, all.where(eq(visit.id, sql.placeholder('id'))))
    expect(() => byId.get({})).toThrow('no value for id')
  })

  it('are as many as the limit of the query, which is compiled into it', () => {
    const session = opened()
    const query = session.db.select().from(visit).orderBy(asc(visit.id))
    expect(readRows(session, visit, query.limit(1)).all()).toEqual([first])
    expect(compileStatement(session.sqlite, query.limit(1)).statement.source).toMatch(/limit 1$/)
  })

  it('a limit that is given later is an expression, which SQLite does not plan with', () => {
    const session = opened()
    const limited = session.db
      .select()
      .from(visit)
      .orderBy(asc(visit.id))
      .limit(sql.placeholder('n'))
    const rows = readRows(session, visit, limited)
    expect([rows.all({ n: 1 }), rows.all({ n: 5 }), rows.all({ n: 0 })]).toEqual([
      [first],
      [first, second],
      [],
    ])
    expect(compileStatement(session.sqlite, limited).statement.source).toMatch(/ LIMIT \? \+ 0$/)
  })
})
