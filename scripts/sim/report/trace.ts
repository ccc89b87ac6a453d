import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import { worldStartMs } from '../world/clocks.ts'
import type { Timeline } from '../world/timeline.ts'

export type Trace = {
  /** Notes one thing that happened; the words also count for the hash of the log. */
  (who: string, what: string): void
  readonly lines: readonly string[]
}

/** A trace keeps its lines only when somebody will read them; the hash takes them all. */
export function traceOf(timeline: Timeline, kept: boolean): Trace {
  const lines: string[] = []
  const note = (who: string, what: string): void => {
    timeline.note(what)
    if (kept) lines.push(`${timeText(timeline.now())} ${who.padEnd(8)} ${what}`)
  }
  return Object.assign(note, { lines })
}

/** `day 2 07:12:33.120`, in the station's own time of day. */
export function timeText(nowMs: number): string {
  const at = instant(worldStartMs + nowMs)
  const day = istDay(at)
  const first = istDay(instant(worldStartMs))
  const rest = new Date(at - istDayStart(day)).toISOString().slice(11, 23)
  return `day ${day - first + 1} ${rest}`
}
