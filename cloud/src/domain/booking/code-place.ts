import { refusal, type Refusal } from '@baari/shared/faults/no'
import { err, ok, type Result } from '@baari/shared/faults/result'
import { istDay, slotOfDay } from '@baari/shared/units/ist-calendar'
import { after, minutes, type DayNumber, type Instant } from '@baari/shared/units/time'

/** Which nine-digit code of a station: IST day, five-minute slot of the day, and a count in it. */
export type CodePlace = { readonly day: DayNumber; readonly slot: number; readonly n: number }

/** The cloud sells counts 0-22 of a slot; 23-33 are the station's (architecture.md, Tokens). */
export const cloudCodesPerSlot = 23

/** The slots whose codes a window may use: its own, then its second one when on the same IST day. */
export function codeSlots(windowStart: Instant): readonly Omit<CodePlace, 'n'>[] {
  const day = istDay(windowStart)
  return [windowStart, after(windowStart, minutes(5))]
    .filter((at) => istDay(at) === day)
    .map((at) => ({ day, slot: slotOfDay(at) }))
}

/** The first place not yet used; `window_full` when every code of both slots is spent. */
export function freeCodePlace(
  windowStart: Instant,
  used: readonly CodePlace[],
): Result<CodePlace, Refusal> {
  const spent = new Set(used.map(({ slot, n }) => `${slot}/${n}`))
  for (const { day, slot } of codeSlots(windowStart)) {
    for (let n = 0; n < cloudCodesPerSlot; n += 1) {
      if (!spent.has(`${slot}/${n}`)) return ok({ day, slot, n })
    }
  }
  return err(refusal('window_full', { codes: used.length }))
}
