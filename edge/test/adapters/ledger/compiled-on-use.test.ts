import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { compiledOnUse } from '../../../src/adapters/ledger/compiled-on-use.ts'

let sqlite: Database.Database
let db: Database.Database

beforeEach(() => {
  sqlite = new Database(':memory:')
  sqlite.exec(`CREATE TABLE visit (id INTEGER PRIMARY KEY, lane INTEGER NOT NULL) STRICT;
    INSERT INTO visit VALUES (1, 4), (2, 5)`)
  db = compiledOnUse(sqlite)
})

describe('a statement compiled at its first use', () => {
  it('may name what is not there yet, and is refused only when it is used', () => {
    const count = db.prepare<[], number>('SELECT count(*) FROM later').pluck()
    expect(() => count.get()).toThrow('no such table: later')
    db.exec('CREATE TABLE later (id INTEGER PRIMARY KEY)')
    expect(count.get()).toBe(0)
  })

  it('answers as the driver’s own statement does, at its first use and after', () => {
    const text = 'SELECT id, lane FROM visit WHERE lane > ? ORDER BY id'
    const [own, driver] = [db.prepare(text), sqlite.prepare(text)]
    for (const lane of [3, 4, 5]) {
      expect(own.all(lane)).toEqual(driver.all(lane))
      expect(own.get(lane)).toEqual(driver.get(lane))
      expect([...own.iterate(lane)]).toEqual(driver.all(lane))
    }
  })

  it('gives lists or first columns whether it was told so before its first use or after', () => {
    const text = 'SELECT id, lane FROM visit ORDER BY id'
    const [lists, firsts] = [db.prepare(text).raw(), db.prepare(text).pluck()]
    expect([lists.all(), firsts.all()]).toEqual([
      [
        [1, 4],
        [2, 5],
      ],
      [1, 2],
    ])
    const late = db.prepare(text)
    expect(late.get()).toEqual({ id: 1, lane: 4 })
    expect(late.raw().get()).toEqual([1, 4])
  })

  it('tells what a write changed, and shares transactions with its connection', () => {
    const insert = db.prepare('INSERT INTO visit VALUES (?, ?)')
    sqlite.exec('BEGIN')
    expect(insert.run(3, 6)).toEqual({ changes: 1, lastInsertRowid: 3 })
    expect(db.inTransaction).toBe(true)
    db.exec('ROLLBACK')
    expect(sqlite.prepare('SELECT id FROM visit').pluck().all()).toEqual([1, 2])
  })
})
