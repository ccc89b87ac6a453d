import { migrate } from '@baari/edge/adapters/ledger/migrate'
import { migrations } from '@baari/edge/adapters/ledger/migrations/all'
import { openDatabase } from '@baari/edge/adapters/ledger/open-database'

let made: Buffer | undefined

/** A ledger file that was migrated and never opened by a station: made once for all worlds. */
export function freshDisk(): Buffer {
  if (made !== undefined) return made
  const db = openDatabase(':memory:')
  migrate(db, migrations)
  made = db.serialize()
  db.close()
  return made
}
