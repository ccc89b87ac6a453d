import { assert } from '@baari/shared/faults/assert'
import { createHash } from 'node:crypto'
import type { Migration } from './migrations/all.ts'
import type { Sqlite } from './open-database.ts'

const record = `
CREATE TABLE IF NOT EXISTS migration (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL
) STRICT`

type Applied = { readonly no: number; readonly name: string; readonly sha256: string }

/**
 * Brings the file to the newest schema, one transaction per step, so that a power cut leaves it
 * between two steps and never inside one. A file newer than this program, or one that was made by
 * a step that has since been edited, is a bug and stops the node before it writes anything. Numbers
 * rise and may leave gaps, which branches fill that were written at the same time.
 */
export function migrate(db: Sqlite, steps: readonly Migration[]): void {
  db.exec(record)
  const applied = db
    .prepare<[], Applied>('SELECT no, name, sha256 FROM migration ORDER BY no')
    .all()
  const known = new Set(steps.map(({ no }) => no))
  assert(
    applied.every(({ no }) => known.has(no)),
    'the ledger file is newer than this program',
  )
  const shaOf = new Map(applied.map(({ no, sha256 }) => [no, sha256]))
  assert(
    steps.every(({ no }, index) => no > (steps[index - 1]?.no ?? 0)),
    'migrations are numbered upwards',
  )
  for (const step of steps) {
    const sha256 = createHash('sha256').update(step.sql).digest('hex')
    const done = shaOf.get(step.no)
    if (done === undefined) apply(db, { ...step, sha256 })
    else assert(done === sha256, `migration ${step.no} was edited after its release`)
  }
}

function apply(
  db: Sqlite,
  { no, name, sql, sha256 }: Migration & { readonly sha256: string },
): void {
  db.transaction(() => {
    db.exec(sql)
    db.prepare('INSERT INTO migration (no, name, sha256) VALUES (?, ?, ?)').run(no, name, sha256)
  }).immediate()
}
