import {
  driftAlarms,
  type DriftAlarmKind,
  type OpenAlarm,
} from '@baari/shared/domain/forecast/learning/drift-alarms'
import type { DriftAlarms } from '../../ports/drift-alarms.ts'
import type { LedgerSession } from './ledger-session.ts'

type Row = { readonly kind: string; readonly version: number; readonly since_day: number }

export function driftAlarmsOf({ sqlite }: LedgerSession): DriftAlarms {
  const read = sqlite.prepare<[], Row>('SELECT * FROM drift_alarm ORDER BY kind')
  const clear = sqlite.prepare<[]>('DELETE FROM drift_alarm')
  const write = sqlite.prepare<Row>('INSERT INTO drift_alarm VALUES (@kind, @version, @since_day)')
  return {
    open: () => read.all().flatMap(alarmOf),
    keep(open) {
      clear.run()
      for (const { kind, version, since } of open) write.run({ kind, version, since_day: since })
    },
  }
}

/** A kind of another release says nothing to this one. */
function alarmOf({ kind, version, since_day: since }: Row): OpenAlarm[] {
  return isKind(kind) ? [{ kind, version, since }] : []
}

function isKind(kind: string): kind is DriftAlarmKind {
  return driftAlarms.some((one) => one === kind)
}
