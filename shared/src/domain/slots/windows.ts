import { refusal, type Refusal } from '../../faults/no.ts'
import { err, ok, type Result } from '../../faults/result.ts'
import { slotMs } from '../../units/ist-calendar.ts'
import { after, hours, instant, minutes, type Instant } from '../../units/time.ts'

/** The promise: at a nozzle within ten minutes of arriving inside s … s+10 (product.md 7.2). */
export const windowLength = minutes(10)
/** The token is valid s … s+30. */
export const tokenValidity = minutes(30)
/** From s−15 no remote channel sells; what is left belongs to vehicles at the station. */
export const remoteSaleEdge = minutes(15)
/** Windows open on a rolling horizon. */
export const horizon = hours(24)

/** Whether a remote channel may sell the window that starts at `start`. */
export function sellable(start: Instant, now: Instant): Result<Instant, Refusal> {
  if (start % slotMs !== 0) return err(refusal('window_unknown', { startMs: start }))
  if (start > after(now, horizon)) return err(refusal('window_unknown', { startMs: start }))
  if (start < after(now, remoteSaleEdge)) return err(refusal('window_past', { startMs: start }))
  return ok(start)
}

/** Starts of the ten-minute windows a driver is shown, from the first one still sold remotely. */
export function shownWindows(from: Instant, now: Instant): readonly Instant[] {
  const earliest = Math.max(from, after(now, remoteSaleEdge))
  const first = Math.ceil(earliest / windowLength) * windowLength
  const starts: Instant[] = []
  for (let start = first; start <= after(now, horizon); start += windowLength) {
    starts.push(instant(start))
  }
  return starts
}

/** Starts of the five-minute cells from `from` up to but not including `to`. */
export function cellStarts(from: Instant, to: Instant): readonly Instant[] {
  const first = Math.floor(from / slotMs) * slotMs
  const starts: Instant[] = []
  for (let start = first; start < to; start += slotMs) starts.push(instant(start))
  return starts
}
