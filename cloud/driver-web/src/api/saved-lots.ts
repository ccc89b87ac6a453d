import { instantField, uuidText } from '@baari/shared/contracts/scalars'
import { z } from 'zod'

const key = 'baari.lots'

const lot = z.object({
  id: uuidText,
  station: z.int(),
  vehicle: z.string(),
  windowStartMs: instantField,
  hourMs: instantField,
  drawAtMs: instantField,
})

/** An entry this phone made: the cloud shows entries by number only, so that nobody reads others'. */
export type SavedLot = z.output<typeof lot>

/** A phone has three entries in a lot, and lots of a day and a half are of interest. */
const most = 12

/** Entries whose hour is not over. */
export function savedLots(nowMs: number): readonly SavedLot[] {
  try {
    const parsed = z.array(lot).safeParse(JSON.parse(localStorage.getItem(key) ?? '[]'))
    return parsed.success ? parsed.data.filter(({ hourMs }) => hourMs + hour > nowMs) : []
  } catch {
    return []
  }
}

export function keepLot(fresh: SavedLot, nowMs: number): void {
  try {
    const kept = [fresh, ...savedLots(nowMs).filter(({ id }) => id !== fresh.id)].slice(0, most)
    localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // A full or forbidden store costs the note on this phone, never the entry.
  }
}

const hour = 3_600_000
