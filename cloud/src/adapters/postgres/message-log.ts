import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { eq } from 'drizzle-orm'
import type { MessageLog } from '../../ports/message-sender.ts'
import type { Database } from './database.ts'
import type { PhoneVault } from './people.ts'
import { outgoingMessage } from './schema/people.ts'

export type MessageLogDeps = {
  readonly db: Database
  readonly vault: PhoneVault
  readonly clock: Clock
  readonly ids: IdSource
}

/** A row per message before it is sent, so that a crash midway leaves a trace. */
export function messageLogOf({ db, vault, clock, ids }: MessageLogDeps): MessageLog {
  return {
    async open(purpose, to) {
      const id = ids.uuid()
      const now = clock.now()
      await db.insert(outgoingMessage).values({
        id,
        purpose,
        phoneIndex: vault.index(to),
        state: 'sending',
        createdAtMs: now,
        updatedAtMs: now,
      })
      return id
    },
    async close(id, outcome) {
      await db
        .update(outgoingMessage)
        .set({
          state: outcome.kind,
          providerRef: outcome.kind === 'sent' ? outcome.ref : null,
          updatedAtMs: clock.now(),
        })
        .where(eq(outgoingMessage.id, id))
    },
  }
}
