import fc from 'fast-check'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { digestColumns, digestSets } from '@baari/shared/domain/sync/digest-rows'
import { hexOfSum } from '@baari/shared/domain/sync/digest'
import { stationNo } from '@baari/shared/units/names'
import { instant, mono } from '@baari/shared/units/time'
import { describe, expect, it } from 'vitest'
import { countRows } from '../../../src/adapters/ledger/count-rows.ts'
import { batchMemory } from '../../../src/adapters/ledger/batch-memory.ts'
import { digestSources } from '../../../src/adapters/ledger/digest-sources.ts'
import { keepDigests } from '../../../src/adapters/ledger/digest-triggers.ts'
import { digestsOf } from '../../../src/adapters/ledger/digests.ts'
import { migrate } from '../../../src/adapters/ledger/migrate.ts'
import { migrations } from '../../../src/adapters/ledger/migrations/all.ts'
import { openDatabase, type Sqlite } from '../../../src/adapters/ledger/open-database.ts'

function openFile(): Sqlite {
  const db = openDatabase(':memory:')
  migrate(db, migrations)
  keepDigests(db)
  return db
}

function storeOf(sqlite: Sqlite) {
  const now = { at: instant(0), mono: mono(0), trusted: true }
  const session = { sqlite, db: drizzle(sqlite), station: stationNo(1), boot: 'b' }
  return digestsOf({ ...session, current: () => now, memory: batchMemory() })
}

const keyOf = (n: number): string => `0192f3a4-5b6c-7d8e-9f01-${String(n).padStart(12, '0')}`

type Put = { readonly n: number; readonly state: string; readonly grams: number }

const put = (db: Sqlite, { n, state, grams }: Put): void => {
  db.prepare(
    `INSERT INTO fill (id, position, nozzle, state, body, label, limit_grams, price_paise_per_kg,
       opening_grams, latest_grams, delivered_grams, amount_paise, flag, started_at_ms, ended_at_ms)
     VALUES (?, 1, 1, ?, '{}', '', 9000, 9000, 0, ?, ?, ?, 'none', 1, 2)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, latest_grams = excluded.latest_grams,
       delivered_grams = excluded.delivered_grams, amount_paise = excluded.amount_paise`,
  ).run(keyOf(n), state, grams, grams, grams * 9)
}

/** Sets, days and buckets that are not empty, as text. */
function kept(db: Sqlite): unknown {
  return db
    .prepare(
      `SELECT set_name, day, bucket, n, hex(sum) AS sum FROM day_bucket
       WHERE n <> 0 OR sum <> zeroblob(32) ORDER BY set_name, day, bucket`,
    )
    .all()
}

function counted(db: Sqlite): unknown {
  return [...digestSets].sort().flatMap((set) =>
    [...countRows(db, set)]
      .sort(([a], [b]) => a - b)
      .flatMap(([day, buckets]) =>
        [...buckets]
          .sort(([a], [b]) => a - b)
          .map(([bucket, { n, sum }]) => ({
            ...{ set_name: set, day, bucket, n },
            sum: hexOfSum(sum).toUpperCase(),
          })),
      ),
  )
}

const change = fc.record({
  n: fc.integer({ min: 0, max: 8 }),
  state: fc.constantFrom('filling', 'settled', 'voided', 'refused', 'dispute', 'gone'),
  grams: fc.integer({ min: 0, max: 9_000 }),
})

describe('digests of the ledger', () => {
  it('kept digests are those of the rows after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), (changes) => {
        const db = openFile()
        for (const { n, state, grams } of changes) {
          if (state === 'gone') db.prepare('DELETE FROM fill WHERE id = ?').run(keyOf(n))
          else put(db, { n, state, grams })
        }
        expect(kept(db)).toEqual(counted(db))
        db.close()
      }),
      { numRuns: 40 },
    )
  })

  it('a change that is rolled back is in no digest', () => {
    const db = openFile()
    put(db, { n: 1, state: 'settled', grams: 1_000 })
    const before = kept(db)
    db.exec('BEGIN; SAVEPOINT command')
    put(db, { n: 1, state: 'settled', grams: 2_000 })
    put(db, { n: 2, state: 'settled', grams: 2_000 })
    db.exec('ROLLBACK TO command; RELEASE command; COMMIT')
    expect(kept(db)).toEqual(before)
    db.close()
  })

  it('a file from before the digests is counted once at its opening', () => {
    const db = openDatabase(':memory:')
    migrate(db, migrations)
    for (let n = 0; n < 20; n += 1) put(db, { n, state: 'settled', grams: 1_000 + n })
    expect(kept(db)).toEqual([])
    keepDigests(db)
    expect(kept(db)).toEqual(counted(db))
    expect(storeOf(db).unproven(10)).toHaveLength(2)
    db.close()
  })

  it('a recount finds what was changed behind the triggers, and only that', () => {
    const db = openFile()
    put(db, { n: 1, state: 'settled', grams: 1_000 })
    const store = storeOf(db)
    const [open] = store.unproven(1)
    const day = { set: 'fills', day: open?.day ?? 0 } as const
    store.recount(day)
    expect(store.untold()).toEqual({ drifted: 0, found: [] })
    db.exec('DROP TRIGGER temp.digest_fills_leaves; DROP TRIGGER temp.digest_fills_comes')
    db.exec('UPDATE fill SET delivered_grams = delivered_grams + 1')
    store.recount(day)
    expect(kept(db)).toEqual(counted(db))
    store.recount(day)
    expect(store.untold()).toEqual({ drifted: 1, found: [] })
    db.close()
  })

  it('what was put right waits for the proof that tells of it, a row as it was last found', () => {
    const db = openFile()
    const store = storeOf(db)
    const place = { set: 'fills', day: 1, key: 'a' } as const
    const row = { ...place, here: 'x', there: 'y', mended: true }
    store.keepMended([row])
    store.keepMended([{ ...row, here: 'z' }])
    expect(store.untold()).toEqual({ drifted: 0, found: [{ ...row, here: 'z' }] })
    store.saveProof(instant(0), {
      ...{ outcome: 'repaired', from: 1, to: 1, rows: 1, drifted: 0, found: [row] },
    })
    expect(store.untold()).toEqual({ drifted: 0, found: [] })
    db.close()
  })

  it('a day that changes after its proof is open again', () => {
    const db = openFile()
    put(db, { n: 1, state: 'settled', grams: 1_000 })
    const store = storeOf(db)
    store.setProven(store.unproven(10))
    expect(store.unproven(10)).toEqual([])
    put(db, { n: 1, state: 'settled', grams: 1_001 })
    expect(store.unproven(10)).toHaveLength(2)
    put(db, { n: 2, state: 'filling', grams: 5 })
    expect(store.unproven(10)).toHaveLength(2)
    db.close()
  })

  it('bookings are hashed by the columns both sides agreed on', () => {
    expect(digestSources.bookings.columns).toEqual(digestColumns.bookings)
  })
})
