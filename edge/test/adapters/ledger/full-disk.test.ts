import { present } from '@baari/shared/faults/assert'
import { countingIds } from '@baari/shared/testing/counting-ids'
import { describe, expect, it } from 'vitest'
import { inlineLedger } from '../../../src/adapters/ledger/inline-ledger.ts'
import type { Sqlite } from '../../../src/adapters/ledger/open-database.ts'
import { LedgerFailure } from '../../../src/ports/ledger-failure.ts'
import { ledgerFile, testNow } from '../../support/ledger-file.ts'

/** A ledger whose file may not grow, and a command that runs any statement. */
function fullLedger() {
  let db: Sqlite | undefined
  const ledger = inlineLedger({
    at: ledgerFile(':memory:'),
    commands: { run: (_tx: unknown, sql: string) => void present(db, 'file').exec(sql) },
    reads: new Set<string>(),
    ids: countingIds(),
    now: () => testNow,
    seed: (sqlite) => (db = sqlite),
  })
  const sqlite = present(db, 'file')
  sqlite.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE)')
  sqlite.pragma(`max_page_count = ${String(sqlite.pragma('page_count', { simple: true }))}`)
  return { ledger, kept: () => sqlite.prepare('SELECT id FROM kept ORDER BY id').pluck().all() }
}

const small = (id: number) => `INSERT INTO kept VALUES (${id}, 'row ${id}')`
/** Of many rows, each of which may be refused: SQLite takes back this statement and nothing else. */
const tooMuch = `WITH RECURSIVE n(id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 200)
  INSERT INTO kept SELECT id, id || hex(zeroblob(2000)) FROM n`

describe('a batch on a full disk', () => {
  it('a statement that needs room fails as the disk does; its neighbours are stored', async () => {
    const { ledger, kept } = fullLedger()
    const asked = [small(1), tooMuch, small(2)].map((sql) => ledger.run('run', sql))
    const [before, failed, after] = await Promise.allSettled(asked)
    expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled'])
    const reason: unknown = failed?.status === 'rejected' ? failed.reason : undefined
    expect(reason).toBeInstanceOf(LedgerFailure)
    expect(reason).toMatchObject({ fault: { code: 'disk_full' } })
    expect(kept()).toEqual([1, 2])
    await ledger.close()
  })

  it('what is no fault of the disk stays the error it is', async () => {
    const { ledger, kept } = fullLedger()
    const asked = [small(1), small(1), small(2)].map((sql) => ledger.run('run', sql))
    const [, failed] = await Promise.allSettled(asked)
    const reason: unknown = failed?.status === 'rejected' ? failed.reason : undefined
    expect(reason).not.toBeInstanceOf(LedgerFailure)
    expect(reason).toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
    expect(kept()).toEqual([1, 2])
    await ledger.close()
  })
})
