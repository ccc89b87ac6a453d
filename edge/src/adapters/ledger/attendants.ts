import type { Attendants } from '../../ports/attendants.ts'
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import { createHash } from 'node:crypto'
import type { LedgerSession } from './ledger-session.ts'
import { attendant, attendantSession, pinTries } from './schema/people.ts'

const columns = {
  id: attendant.id,
  name: attendant.name,
  role: attendant.role,
  pinHash: attendant.pinHash,
}

export function attendantsOf({ db }: LedgerSession): Attendants {
  const list = db
    .select(columns)
    .from(attendant)
    .where(eq(attendant.active, true))
    .orderBy(asc(attendant.name), asc(attendant.id))
    .prepare()
  const byId = db
    .select(columns)
    .from(attendant)
    .where(and(eq(attendant.id, sql.placeholder('id')), eq(attendant.active, true)))
    .prepare()
  const tries = db
    .select()
    .from(pinTries)
    .where(eq(pinTries.attendant, sql.placeholder('id')))
    .prepare()
  const session = db
    .select()
    .from(attendantSession)
    .where(eq(attendantSession.sessionSha256, sql.placeholder('hash')))
    .prepare()

  return {
    list: () => list.all(),
    byId: (id) => byId.get({ id }),
    tries: (id) => tries.get({ id }) ?? { wrong: 0, lockedUntil: null },
    saveTries(id, { wrong, lockedUntil }) {
      const row = { attendant: id, wrong, lockedUntil }
      db.insert(pinTries)
        .values(row)
        .onConflictDoUpdate({ target: pinTries.attendant, set: row })
        .run()
    },
    hash: (value) => createHash('sha256').update(value).digest('hex'),
    session: (hash) => session.get({ hash }),
    addSession: (row) => void db.insert(attendantSession).values(row).run(),
    dropSession: (hash) =>
      void db.delete(attendantSession).where(eq(attendantSession.sessionSha256, hash)).run(),
    dropExpired: (now) =>
      void db.delete(attendantSession).where(lte(attendantSession.expires, now)).run(),
  }
}
