import type { FailedScan, ScanRecord, Scans } from '../../ports/scans.ts'
import { scanView } from '@baari/shared/contracts/live/station-view'
import { and, count, desc, eq, gte, sql } from 'drizzle-orm'
import { createHash } from 'node:crypto'
import { boundLimit } from './bound-limit.ts'
import type { LedgerSession } from './ledger-session.ts'
import { readRows } from './prepared-reads.ts'
import { upsertRow } from './prepared-writes.ts'
import { failedScan, scan, wrongTag } from './schema/check-in.ts'

/** What is kept of a failed scan's bytes: enough for any token, too little to fill a disk. */
const rawBytesMax = 4096

export function scansOf(session: LedgerSession): Scans {
  const { db, sqlite } = session
  const all = () => db.select().from(scan)
  const byId = readRows(session, scan, all().where(eq(scan.id, sql.placeholder('id'))))
  const newestFirst = all().orderBy(desc(scan.no))
  const last = readRows(session, scan, newestFirst.limit(1))
  const tags = db
    .select({ n: count() })
    .from(wrongTag)
    .where(
      and(eq(wrongTag.lane, sql.placeholder('lane')), gte(wrongTag.at, sql.placeholder('since'))),
    )
    .prepare()
  const tagsOfDay = db
    .select({ n: count() })
    .from(wrongTag)
    .where(eq(wrongTag.day, sql.placeholder('day')))
    .prepare()
  const erase = sqlite.prepare<[number, number]>(
    `UPDATE failed_scan SET raw = NULL WHERE scan IN
     (SELECT scan FROM failed_scan WHERE raw IS NOT NULL AND at_ms < ? ORDER BY at_ms ${boundLimit})`,
  )
  // Rows lie in the order of their age, so those too old are among the first.
  const drop = sqlite.prepare<[number, number]>(
    `DELETE FROM scan WHERE no IN (SELECT no FROM
     (SELECT no, at_ms FROM scan ORDER BY no ${boundLimit}) WHERE at_ms < ?)`,
  )

  const save = upsertRow(session, scan, { key: scan.id, generated: 'no' })

  return {
    byId: (id) => recordOf(byId.get({ id })),
    last: () => recordOf(last.get()),
    save: (record) => save({ ...record, view: JSON.stringify(record.view) }),
    addFailed: (failed) => storeFailed(db, failed),
    wrongTags: (lane, since) => tags.get({ lane, since })?.n ?? 0,
    wrongTagsOfDay: (day) => tagsOfDay.get({ day })?.n ?? 0,
    addWrongTag: (tag) => void db.insert(wrongTag).values(tag).run(),
    eraseRaw: (before, limit) => erase.run(before, limit).changes,
    dropOld: (before, limit) => drop.run(limit, before).changes,
  }
}

function recordOf(row: typeof scan.$inferSelect | undefined): ScanRecord | undefined {
  if (row === undefined) return undefined
  const { id, at, booking, useNo, ticket, undoneAt } = row
  const view = scanView.parse(JSON.parse(row.view))
  return { id, at, view, booking, useNo, ticket, undoneAt }
}

function storeFailed(
  db: LedgerSession['db'],
  failed: FailedScan,
): { readonly rawSha256: string; readonly rawBase64: string } {
  const bytes = Buffer.from(failed.raw, 'utf8')
  const raw = bytes.subarray(0, rawBytesMax)
  const rawSha256 = createHash('sha256').update(bytes).digest('hex')
  db.insert(failedScan)
    .values({ ...failed, raw, rawSha256 })
    .onConflictDoNothing()
    .run()
  return { rawSha256, rawBase64: raw.toString('base64') }
}
