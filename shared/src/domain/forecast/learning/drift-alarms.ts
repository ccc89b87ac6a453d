import type { StationDay } from './day-scores.ts'

/** What is watched of a model while it serves. */
export const driftAlarms = [
  'ratio_rising',
  'coverage_out',
  'naive_better_three_days',
  'input_shifted',
  'input_missing',
] as const
export type DriftAlarmKind = (typeof driftAlarms)[number]

/** An alarm about one version that has been told and not taken back. */
export type OpenAlarm = {
  readonly kind: DriftAlarmKind
  readonly version: number
  /** Local day on which it was found. */
  readonly since: number
}

export type AlarmStep = {
  /** New ones: to be told, once. */
  readonly opened: readonly OpenAlarm[]
  readonly closed: readonly OpenAlarm[]
  readonly open: readonly OpenAlarm[]
}

export type AlarmsNow = {
  readonly version: number
  readonly day: number
  readonly alarms: readonly DriftAlarmKind[]
  readonly days: readonly StationDay[]
}

/** Days the model must have been the better one, after it was the worse one, to serve again. */
const daysToReturn = 7

/**
 * What changes among the alarms. One that is open is not told again; one of another version is over
 * with it. A station that went back to seasonal naive stays there until the model has been better for
 * a week, so that it does not change its mind every day.
 */
export function stepAlarms(open: readonly OpenAlarm[], now: AlarmsNow): AlarmStep {
  const holds = ({ kind, version }: OpenAlarm): boolean => {
    if (version !== now.version) return false
    if (now.alarms.includes(kind)) return true
    return kind === 'naive_better_three_days' && !isBetterAgain(now.days)
  }
  const kept = open.filter(holds)
  const opened = now.alarms
    .filter((kind) => !kept.some((one) => one.kind === kind))
    .map((kind): OpenAlarm => ({ kind, version: now.version, since: now.day }))
  return { opened, closed: open.filter((one) => !holds(one)), open: [...kept, ...opened] }
}

function isBetterAgain(days: readonly StationDay[]): boolean {
  const last = days.slice(-daysToReturn)
  const mean = last.reduce((sum, { ratio }) => sum + ratio, 0) / Math.max(1, last.length)
  return last.length === daysToReturn && mean < 1
}

/** Whether a version is out of use because of its days. */
export function isFallenBack(open: readonly OpenAlarm[], version: number): boolean {
  return fallenBackOf(open).includes(version)
}

/** The versions that are out of use because of their days. */
export function fallenBackOf(open: readonly OpenAlarm[]): readonly number[] {
  return open.filter(({ kind }) => kind === 'naive_better_three_days').map(({ version }) => version)
}
