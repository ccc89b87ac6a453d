/**
 * `danger`: people may be hurt or the station stands. `act`: vehicles wait, or facts lie in one
 * place only, until somebody does something. `note`: nobody waits for it, but it must not stay.
 */
export const alarmSeverities = ['danger', 'act', 'note'] as const

type AlarmSeverity = (typeof alarmSeverities)[number]

/** Parts whose failure keeps vehicles waiting or leaves facts in one place only. */
const acted: ReadonlySet<string> = new Set(['position', 'line', 'disk', 'backup', 'keys'])

/** Ends of the link to the cloud that never mend by themselves. */
const stuck: ReadonlySet<string> = new Set([
  'forked',
  'fenced',
  'stalled',
  'telemetry_forked',
  'unsent_too_old',
  'digest_differs',
])

/** How urgent an alarm of a station is; what a newer node names is worth a note. */
export function alarmSeverityOf(alarm: {
  readonly source: string
  readonly code: string
}): AlarmSeverity {
  if (alarm.source === 'safety') return 'danger'
  return acted.has(alarm.source) || stuck.has(alarm.code) ? 'act' : 'note'
}

/** Danger before the rest, then the oldest first. */
export function byUrgency(a: Ranked, b: Ranked): number {
  const rank = ({ severity }: Ranked): number => alarmSeverities.indexOf(severity)
  return rank(a) - rank(b) || a.sinceMs - b.sinceMs
}

type Ranked = { readonly severity: AlarmSeverity; readonly sinceMs: number }
