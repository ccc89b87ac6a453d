import { digestForm, digestSets, type DigestSet } from '@baari/shared/domain/sync/digest-rows'
import { countRows, storeBuckets } from './count-rows.ts'
import { addDigestFunctions } from './digest-functions.ts'
import { digestSources, hashSql } from './digest-sources.ts'
import type { Sqlite } from './open-database.ts'

/**
 * Keeps the digests of the ledger's rows in the transaction that changes the row, whoever changes
 * it. The triggers are this connection's own (TEMP): another tool may write the file without them,
 * and what it writes is found by the next recount.
 */
export function keepDigests(sqlite: Sqlite): void {
  addDigestFunctions(sqlite)
  sqlite.exec(digestSets.map(triggersOf).join('\n'))
  rebuildAfterChange(sqlite)
}

function triggersOf(set: DigestSet): string {
  const { table, columns, where } = digestSources[set]
  const changed = columns.map((column) => `old.${column} IS NOT new.${column}`).join(' OR ')
  const name = `digest_${set}`
  return `
CREATE TEMP TRIGGER ${name}_insert AFTER INSERT ON main.${table} WHEN ${where('new')}
BEGIN ${countSql(set, { r: 'new', sign: 1 })} END;
CREATE TEMP TRIGGER ${name}_delete AFTER DELETE ON main.${table} WHEN ${where('old')}
BEGIN ${countSql(set, { r: 'old', sign: -1 })} END;
CREATE TEMP TRIGGER ${name}_leaves AFTER UPDATE ON main.${table}
WHEN ${where('old')} AND (${changed})
BEGIN ${countSql(set, { r: 'old', sign: -1 })} END;
CREATE TEMP TRIGGER ${name}_comes AFTER UPDATE ON main.${table}
WHEN ${where('new')} AND (${changed})
BEGIN ${countSql(set, { r: 'new', sign: 1 })} END;`
}

/** Adds the row or takes it away; the day is open to proof again. */
function countSql(
  set: DigestSet,
  { r, sign }: { readonly r: 'old' | 'new'; readonly sign: 1 | -1 },
): string {
  const { key, day } = digestSources[set]
  const hash = hashSql(set, r)
  const sum = sign === 1 ? hash : `digest_negated(${hash})`
  return `
  INSERT INTO day_bucket (set_name, day, bucket, n, sum)
  VALUES ('${set}', ${day(r)}, digest_bucket(${r}.${key}), ${sign}, ${sum})
  ON CONFLICT (set_name, day, bucket) DO UPDATE SET n = n + excluded.n,
    sum = digest_add(sum, excluded.sum);
  INSERT INTO day_unproven (set_name, day) VALUES ('${set}', ${day(r)}) ON CONFLICT DO NOTHING;`
}

/** A file from before the digests, or of another form of rows, is counted once from its rows. */
function rebuildAfterChange(sqlite: Sqlite): void {
  const known = sqlite
    .prepare<[], { readonly form: number }>('SELECT form FROM digest_form')
    .get()?.form
  if (known === digestForm) return
  sqlite.transaction(() => rebuildDigests(sqlite)).immediate()
}

/** Counts every row anew; all days have to be proven again. */
export function rebuildDigests(sqlite: Sqlite): void {
  sqlite.exec('DELETE FROM day_bucket; DELETE FROM day_unproven')
  for (const set of digestSets) storeBuckets(sqlite, set, countRows(sqlite, set))
  sqlite.exec(`INSERT INTO day_unproven (set_name, day)
    SELECT DISTINCT set_name, day FROM day_bucket`)
  sqlite
    .prepare(
      `INSERT INTO digest_form (id, form) VALUES (1, ?)
       ON CONFLICT DO UPDATE SET form = excluded.form`,
    )
    .run(digestForm)
}
