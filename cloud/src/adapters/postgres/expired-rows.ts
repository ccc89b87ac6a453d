import { before, hours, type Instant } from '@baari/shared/units/time'
import { lt } from 'drizzle-orm'
import type { Database } from './database.ts'
import {
  driverSession,
  idempotency,
  operatorSession,
  otp,
  outgoingMessage,
} from './schema/people.ts'

const days = (n: number) => hours(24 * n)

/** Deletes what has served its time: keys after a day, codes after two, sessions at their end. */
export async function dropExpiredRows(db: Database, now: Instant): Promise<void> {
  await db.delete(idempotency).where(lt(idempotency.createdAtMs, before(now, days(1))))
  await db.delete(otp).where(lt(otp.createdAtMs, before(now, days(2))))
  await db.delete(driverSession).where(lt(driverSession.expiresAtMs, now))
  await db.delete(operatorSession).where(lt(operatorSession.expiresAtMs, now))
  await db.delete(outgoingMessage).where(lt(outgoingMessage.createdAtMs, before(now, days(90))))
}
