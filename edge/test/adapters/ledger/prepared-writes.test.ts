import Database from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  insertNewRow,
  insertRow,
  updateRow,
  upsertRow,
} from '../../../src/adapters/ledger/prepared-writes.ts'

const visit = sqliteTable('visit', {
  id: integer('id').primaryKey(),
  lane: integer('lane_no').notNull(),
  note: text('note'),
  nozzles: text('nozzles', { mode: 'json' }).$type<readonly string[]>().notNull(),
  staged: integer('staged', { mode: 'boolean' }).notNull(),
})

const first = { id: 1, lane: 2, note: null, nozzles: ['ngv1'], staged: false }
const other = { id: 1, lane: 3, note: 'late', nozzles: ['ngv2'], staged: true }

let db: BetterSQLite3Database
let sqlite: Database.Database

beforeEach(() => {
  sqlite = new Database(':memory:')
  sqlite.exec(`CREATE TABLE visit (id INTEGER PRIMARY KEY, lane_no INTEGER NOT NULL, note TEXT,
    nozzles TEXT NOT NULL, staged INTEGER NOT NULL) STRICT`)
  db = drizzle(sqlite)
})

const rows = () => db.select().from(visit).all()

describe('rows written by a statement compiled once', () => {
  it('an inserted row comes back with its JSON, its boolean and its null', () => {
    insertRow({ db, sqlite }, visit)(first)
    expect(rows()).toEqual([first])
  })
  it('one statement writes many rows, each with its own values', () => {
    const insert = insertRow({ db, sqlite }, visit)
    insert(first)
    insert({ ...other, id: 2 })
    expect(rows()).toEqual([first, { ...other, id: 2 }])
  })
  it('a generated id is the database’s', () => {
    const { id: _, ...rest } = first
    insertRow({ db, sqlite }, visit, { generated: 'id' })(rest)
    expect(rows()).toEqual([first])
  })
  it('a row of a known key stays as it is when the new one may only be new', () => {
    const insert = insertNewRow({ db, sqlite }, visit)
    insert(first)
    insert(other)
    expect(rows()).toEqual([first])
  })
  it('an upsert of a known key replaces every value', () => {
    const upsert = upsertRow({ db, sqlite }, visit, { key: visit.id })
    upsert(first)
    upsert(other)
    expect(rows()).toEqual([other])
  })
  it('an update gives null back as well, and touches no other row', () => {
    insertRow({ db, sqlite }, visit)(other)
    insertRow({ db, sqlite }, visit)({ ...other, id: 2 })
    updateRow({ db, sqlite }, visit, visit.id)(first)
    expect(rows()).toEqual([first, { ...other, id: 2 }])
  })
  it('an update of an unknown id writes nothing', () => {
    updateRow({ db, sqlite }, visit, visit.id)(first)
    expect(rows()).toEqual([])
  })
})
