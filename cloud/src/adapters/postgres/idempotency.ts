import type { IdSource } from '@baari/shared/runtime/chance'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Claim, IdempotencyStore, IdempotentRequest } from '../../ports/idempotency.ts'
import type { Database } from './database.ts'
import { idempotency } from './schema/people.ts'

export function idempotencyStoreOf(db: Database, ids: IdSource): IdempotencyStore {
  const heldBy = (request: IdempotentRequest, holder: string) =>
    and(
      eq(idempotency.scope, request.scope),
      eq(idempotency.key, request.key),
      eq(idempotency.holder, holder),
    )
  return {
    async claim(request, { now, lockedUntil }) {
      const holder = ids.uuid()
      const requestHash = Buffer.from(request.requestHash)
      const claimed = await db
        .insert(idempotency)
        .values({ ...request, requestHash, holder, lockedUntilMs: lockedUntil, createdAtMs: now })
        .onConflictDoUpdate({
          target: [idempotency.scope, idempotency.key],
          set: { holder, lockedUntilMs: lockedUntil },
          setWhere: sql`${idempotency.status} IS NULL
            AND ${idempotency.lockedUntilMs} <= ${now}
            AND ${idempotency.requestHash} = ${requestHash}`,
        })
        .returning({ holder: idempotency.holder })
      return claimed.length === 1 ? { kind: 'ours', holder } : standing(db, request)
    },
    async answer(request, holder, { status, headers, body }) {
      await db
        .update(idempotency)
        .set({ status, headers: { ...headers }, body })
        .where(heldBy(request, holder))
    },
    async abandon(request, holder) {
      await db.delete(idempotency).where(and(heldBy(request, holder), isNull(idempotency.status)))
    },
  }
}

/** What another holder has made of this key. */
async function standing(db: Database, request: IdempotentRequest): Promise<Claim> {
  const [row] = await db
    .select()
    .from(idempotency)
    .where(and(eq(idempotency.scope, request.scope), eq(idempotency.key, request.key)))
  if (row === undefined) return { kind: 'running' }
  if (!row.requestHash.equals(request.requestHash)) return { kind: 'mismatch' }
  if (row.status === null) return { kind: 'running' }
  const { status, headers, body } = row
  return { kind: 'answered', answer: { status, headers: headers ?? {}, body: body ?? '' } }
}
