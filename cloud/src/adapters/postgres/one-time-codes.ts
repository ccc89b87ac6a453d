import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IdSource } from '@baari/shared/runtime/chance'
import { millis, type Instant, type Millis } from '@baari/shared/units/time'
import { and, desc, eq, gt, isNull, sql, type AnyColumn } from 'drizzle-orm'
import type { Pool } from 'pg'
import type { NewCode, OneTimeCodes, Quota } from '../../ports/one-time-codes.ts'
import { databaseOf, type Database } from './database.ts'
import type { PhoneVault } from './people.ts'
import { inTransaction } from './pool.ts'
import { otp } from './schema/people.ts'

export type CodeDeps = {
  readonly pool: Pool
  readonly vault: PhoneVault
  /** Key of the code hashes: six digits alone would be found by trying them all. */
  readonly pepper: Buffer
  readonly ids: IdSource
}

export function oneTimeCodesOf({ pool, vault, pepper, ids }: CodeDeps): OneTimeCodes {
  const keyed = (text: string): Buffer => createHmac('sha256', pepper).update(text).digest()
  const hashOf = (phoneIndex: Buffer, digits: string): Buffer =>
    keyed(`otp/${phoneIndex.toString('hex')}/${digits}`)
  return {
    issue(code, limits) {
      const phoneIndex = vault.index(code.phone)
      const addressIndex = keyed(`address/${code.address}`)
      return inTransaction(pool, async (client) => {
        const db = databaseOf(client)
        await lockBoth(db, [phoneIndex, addressIndex])
        const waits = [
          ...(await waitsOf(db, otp.phoneIndex, { index: phoneIndex, quotas: limits.phone, code })),
          ...(await waitsOf(db, otp.addressIndex, {
            index: addressIndex,
            quotas: limits.address,
            code,
          })),
        ]
        const waitMs = millis(Math.max(0, ...waits))
        if (waitMs > 0) return { waitMs }
        await db.insert(otp).values({
          id: ids.uuid(),
          phoneIndex,
          addressIndex,
          codeHash: hashOf(phoneIndex, code.digits),
          createdAtMs: code.now,
          expiresAtMs: code.expires,
        })
        return 'issued'
      })
    },
    redeem({ phone, digits, now }, tries) {
      const phoneIndex = vault.index(phone)
      const attempt = { phoneIndex, hash: hashOf(phoneIndex, digits), now, tries }
      return inTransaction(pool, (client) => redeemNewest(databaseOf(client), attempt))
    },
  }
}

/** Askers of one phone or one address queue here, so that a burst cannot pass the quota together. */
async function lockBoth(db: Database, indexes: readonly Buffer[]): Promise<void> {
  const keys = indexes.map((index) => index.readBigInt64BE(0)).toSorted((a, b) => (a < b ? -1 : 1))
  for (const key of keys) await db.execute(sql`SELECT pg_advisory_xact_lock(${key})`)
}

type Asked = { readonly index: Buffer; readonly quotas: readonly Quota[]; readonly code: NewCode }

/** For each used-up quota the time until its oldest code falls out of the span. */
async function waitsOf(
  db: Database,
  column: AnyColumn,
  { index, quotas, code }: Asked,
): Promise<readonly Millis[]> {
  const waits: Millis[] = []
  for (const { count, per } of quotas) {
    const rows = await db
      .select({ at: otp.createdAtMs })
      .from(otp)
      .where(and(eq(column, index), gt(otp.createdAtMs, code.now - per)))
      .orderBy(desc(otp.createdAtMs))
      .limit(count)
    const oldest = rows[count - 1]
    if (oldest !== undefined) waits.push(millis(oldest.at + per - code.now))
  }
  return waits
}

type Attempt = {
  readonly phoneIndex: Buffer
  readonly hash: Buffer
  readonly now: Instant
  readonly tries: number
}

async function redeemNewest(
  db: Database,
  { phoneIndex, hash, now, tries }: Attempt,
): Promise<'right' | 'wrong' | 'over'> {
  const [code] = await db
    .select()
    .from(otp)
    .where(eq(otp.phoneIndex, phoneIndex))
    .orderBy(desc(otp.createdAtMs))
    .limit(1)
    .for('update')
  if (code === undefined || code.usedAtMs !== null) return 'over'
  if (code.expiresAtMs <= now || code.tries >= tries) return 'over'
  const right = timingSafeEqual(code.codeHash, hash)
  await db
    .update(otp)
    .set({ tries: code.tries + 1, ...(right && { usedAtMs: now }) })
    .where(and(eq(otp.id, code.id), isNull(otp.usedAtMs)))
  return right ? 'right' : 'wrong'
}
