import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '@baari/shared/runtime/clock'
import { after, type Millis } from '@baari/shared/units/time'
import { and, eq, gt } from 'drizzle-orm'
import type { Sessions } from '../../ports/people.ts'
import type { Database } from './database.ts'
import { driverSession, operatorSession } from './schema/people.ts'

type SessionDeps = { readonly db: Database; readonly clock: Clock; readonly lifetime: Millis }

/** 256 random bits in the cookie; the table holds only their hash. */
function newToken(): { readonly token: string; readonly tokenHash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, tokenHash: hashOf(token) }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export function driverSessionsOf({ db, clock, lifetime }: SessionDeps): Sessions {
  return {
    async open(owner) {
      const { token, tokenHash } = newToken()
      const expires = after(clock.now(), lifetime)
      await db.insert(driverSession).values({
        tokenHash,
        driverId: owner,
        createdAtMs: clock.now(),
        expiresAtMs: expires,
      })
      return { token, expires }
    },
    async ownerOf(token) {
      const [row] = await db
        .select({ owner: driverSession.driverId })
        .from(driverSession)
        .where(
          and(
            eq(driverSession.tokenHash, hashOf(token)),
            gt(driverSession.expiresAtMs, clock.now()),
          ),
        )
      return row?.owner
    },
    async close(token) {
      await db.delete(driverSession).where(eq(driverSession.tokenHash, hashOf(token)))
    },
  }
}

export function operatorSessionsOf({ db, clock, lifetime }: SessionDeps): Sessions {
  return {
    async open(owner) {
      const { token, tokenHash } = newToken()
      const expires = after(clock.now(), lifetime)
      await db.insert(operatorSession).values({
        tokenHash,
        operatorId: owner,
        createdAtMs: clock.now(),
        expiresAtMs: expires,
      })
      return { token, expires }
    },
    async ownerOf(token) {
      const [row] = await db
        .select({ owner: operatorSession.operatorId })
        .from(operatorSession)
        .where(
          and(
            eq(operatorSession.tokenHash, hashOf(token)),
            gt(operatorSession.expiresAtMs, clock.now()),
          ),
        )
      return row?.owner
    },
    async close(token) {
      await db.delete(operatorSession).where(eq(operatorSession.tokenHash, hashOf(token)))
    },
  }
}
