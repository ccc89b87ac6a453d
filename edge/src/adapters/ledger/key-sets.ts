import type { KeySetRow, KeySets } from '../../ports/key-sets.ts'
import type { LedgerSession } from './ledger-session.ts'

export function keySetsOf({ sqlite }: LedgerSession): KeySets {
  const above = sqlite.prepare<[number], KeySetRow>(
    'SELECT version, body, signature, kid FROM key_set WHERE version > ? ORDER BY version LIMIT 50',
  )
  return { above: (version) => above.all(version) }
}
