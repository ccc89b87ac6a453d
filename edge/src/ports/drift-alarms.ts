import type { OpenAlarm } from '@baari/shared/domain/forecast/learning/drift-alarms'

/** Open alarms about the forecast model; one of a kind at most. */
export type DriftAlarms = {
  open(): readonly OpenAlarm[]
  /** Puts these in the place of those that were open. */
  keep(open: readonly OpenAlarm[]): void
}

export type DriftAlarmSlot = { readonly driftAlarms: DriftAlarms }
