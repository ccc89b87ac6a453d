import { outOfTurnDaysMax } from '@baari/shared/contracts/http/out-of-turn-api'
import { isoDate, istClockText, istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { dayNumber, hours, instant } from '@baari/shared/units/time'

/** A time as the fields hold it: `2026-11-24T17:00`, in IST whatever this browser's zone. */
export type Span = { readonly from: string; readonly to: string }

const spanDays = { day: 1, week: 7, month: 30 } as const
export type SpanName = keyof typeof spanDays
export const spanNames = ['day', 'week', 'month'] as const satisfies readonly SpanName[]

/** So many days up to the end of today. */
export function lastDays(name: SpanName, nowMs: number): Span {
  const today = istDay(instant(nowMs))
  const start = istDayStart(dayNumber(today + 1 - spanDays[name]))
  return { from: fieldText(start), to: fieldText(istDayStart(dayNumber(today + 1))) }
}

/** Both ends as instants; undefined when there is no such time, or it is too long to ask for. */
export function boundsOf({ from, to }: Span): { fromMs: number; toMs: number } | undefined {
  const [fromMs, toMs] = [momentOf(from), momentOf(to)]
  if (Number.isNaN(fromMs) || Number.isNaN(toMs) || fromMs >= toMs) return undefined
  return toMs - fromMs > hours(24 * outOfTurnDaysMax) ? undefined : { fromMs, toMs }
}

function fieldText(ms: number): string {
  const at = instant(ms)
  return `${isoDate(istDay(at))}T${istClockText(at)}`
}

function momentOf(field: string): number {
  return Date.parse(`${field}:00+05:30`)
}
