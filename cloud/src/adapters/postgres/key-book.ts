import { instant } from '@baari/shared/units/time'
import { and, desc, lt, lte, notInArray, sql } from 'drizzle-orm'
import type { Pool } from 'pg'
import type { KeyBook, KeyBookTx } from '../../ports/signing-keys.ts'
import { databaseOf, type Database } from './database.ts'
import { inTransaction } from './pool.ts'
import { keySet, signingKey } from './schema/bookings.ts'

/** Advisory lock of the key book; its own number, apart from the migrations'. */
const keyLock = 0x42_4b_45_59
/** Stations follow the newest set; the others stay for a look back. */
const keptSets = 10

export function keyBookOf(pool: Pool): KeyBook {
  return {
    exclusively: (work) =>
      inTransaction(pool, async (client) => {
        const db = databaseOf(client)
        await db.execute(sql`SELECT pg_advisory_xact_lock(${keyLock})`)
        return work(keyBookTx(db))
      }),
  }
}

function keyBookTx(db: Database): KeyBookTx {
  return {
    async keys() {
      const rows = await db.select().from(signingKey).orderBy(signingKey.signsFromMs)
      return rows.map((row) => ({
        kid: row.kid,
        publicKey: row.publicKey,
        notBefore: instant(row.notBeforeMs),
        signsFrom: instant(row.signsFromMs),
        notAfter: instant(row.notAfterMs),
      }))
    },
    async add({ kid, publicKey, notBefore, signsFrom, notAfter }) {
      await db.insert(signingKey).values({
        kid,
        publicKey,
        notBeforeMs: notBefore,
        signsFromMs: signsFrom,
        notAfterMs: notAfter,
      })
    },
    async newestSet() {
      const [row] = await db.select().from(keySet).orderBy(desc(keySet.version)).limit(1)
      return row
    },
    async publish(set) {
      await db.insert(keySet).values(set)
      await db.delete(keySet).where(lte(keySet.version, set.version - keptSets))
    },
    async dropOver(now) {
      const named = db.select({ kid: keySet.kid }).from(keySet)
      await db
        .delete(signingKey)
        .where(and(lt(signingKey.notAfterMs, now), notInArray(signingKey.kid, named)))
    },
  }
}
