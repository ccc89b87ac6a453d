import { stateValue } from '@baari/shared/contracts/sync/stream-ops'
import { instant, mono } from '@baari/shared/units/time'
import type { LatestState } from '../../ports/latest-state.ts'
import { boundLimit } from './bound-limit.ts'
import type { LedgerSession } from './ledger-session.ts'

type Row = {
  readonly key: string
  readonly value: string
  readonly at_ms: number
  readonly mono_ms: number
}

export function latestStateOf({ sqlite }: LedgerSession): LatestState {
  const has = sqlite.prepare<[string]>('SELECT 1 FROM latest_state WHERE key = ?')
  const count = sqlite.prepare<[], { readonly n: number }>('SELECT count(*) AS n FROM latest_state')
  const save = sqlite.prepare(
    `INSERT INTO latest_state (key, value, at_ms, mono_ms, pending) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms,
       mono_ms = excluded.mono_ms, pending = 1`,
  )
  const pending = sqlite.prepare<[number], Row>(
    `SELECT key, value, at_ms, mono_ms FROM latest_state WHERE pending = 1
     ORDER BY at_ms, key ${boundLimit}`,
  )
  const any = sqlite.prepare('SELECT 1 FROM latest_state WHERE pending = 1 LIMIT 1')
  const told = sqlite.prepare('UPDATE latest_state SET pending = 0 WHERE key = ?')
  return {
    has: (key) => has.get(key) !== undefined,
    count: () => count.get()?.n ?? 0,
    save: ({ key, value, at, mono: at0 }) =>
      void save.run(key, JSON.stringify(value), at, Math.trunc(at0)),
    anyPending: () => any.get() !== undefined,
    pending: (limit) =>
      pending.all(limit).map(({ key, value, at_ms, mono_ms }) => ({
        key,
        value: stateValue.parse(JSON.parse(value)),
        at: instant(at_ms),
        mono: mono(mono_ms),
      })),
    told(keys) {
      for (const key of keys) told.run(key)
    },
  }
}
