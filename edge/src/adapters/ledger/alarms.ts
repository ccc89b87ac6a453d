import type { AlarmSource } from '@baari/shared/contracts/sync/stream-ops'
import { instant } from '@baari/shared/units/time'
import type { Alarms, OpenAlarm } from '../../ports/alarms.ts'
import type { LedgerSession } from './ledger-session.ts'

type Row = {
  readonly source: AlarmSource
  readonly code: string
  readonly subject: string
  readonly since_ms: number
  readonly told_ms: number
  readonly untold: number
  readonly detail: string
}

export function alarmsOf({ sqlite }: LedgerSession): Alarms {
  const find = sqlite.prepare<[string, string, string], Row>(
    'SELECT * FROM open_alarm WHERE source = ? AND code = ? AND subject = ?',
  )
  const save = sqlite.prepare(
    `INSERT INTO open_alarm (source, code, subject, since_ms, told_ms, untold, detail)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET told_ms = excluded.told_ms, untold = excluded.untold`,
  )
  const remove = sqlite.prepare(
    'DELETE FROM open_alarm WHERE source = ? AND code = ? AND subject = ?',
  )
  const told = sqlite.prepare<[number], Row>(
    'SELECT * FROM open_alarm WHERE told_ms < ? ORDER BY told_ms',
  )
  const count = sqlite.prepare<[], { readonly n: number }>('SELECT count(*) AS n FROM open_alarm')
  return {
    find({ source, code, subject }) {
      const row = find.get(source, code, subject)
      return row && alarmOf(row)
    },
    toldBefore: (at) => told.all(at).map(alarmOf),
    save: ({ source, code, subject, since, toldAt, untold, detail }) =>
      void save.run(source, code, subject, since, toldAt, untold, detail),
    remove: ({ source, code, subject }) => void remove.run(source, code, subject),
    count: () => count.get()?.n ?? 0,
  }
}

function alarmOf({ since_ms, told_ms, ...row }: Row): OpenAlarm {
  return { ...row, since: instant(since_ms), toldAt: instant(told_ms) }
}
