import type { StationDay } from '@baari/shared/domain/forecast/learning/day-scores'
import { driftOf } from '@baari/shared/domain/forecast/learning/drift'
import { stepAlarms, type OpenAlarm } from '@baari/shared/domain/forecast/learning/drift-alarms'
import { istDay } from '@baari/shared/units/ist-calendar'
import type { CommandContext } from '../../ports/ledger.ts'
import type { LedgerTx } from '../../ports/ledger-tx.ts'

export type NoteDrift = {
  /** The model that was judged, whether it serves or not. */
  readonly version: number
  readonly days: readonly StationDay[]
}

/**
 * What the days of a model change among its alarms; kept, so that a restart tells nothing twice and
 * a station that fell back stays there.
 * @returns the alarms that are new
 */
export function noteDrift(
  tx: Pick<LedgerTx, 'driftAlarms'>,
  { version, days }: NoteDrift,
  { now }: CommandContext,
): { readonly opened: readonly OpenAlarm[] } {
  const before = tx.driftAlarms.open()
  const { alarms } = driftOf(days)
  const step = stepAlarms(before, { version, day: istDay(now.at), alarms, days })
  if (step.opened.length > 0 || step.closed.length > 0) tx.driftAlarms.keep(step.open)
  return { opened: step.opened }
}
