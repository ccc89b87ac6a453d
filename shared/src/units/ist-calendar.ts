import { dayNumber, instant, type DayNumber, type Instant } from './time.ts'

/** India has one zone, UTC+05:30, without daylight saving (product.md section 8). */
const istOffsetMs = 19_800_000
const dayMs = 86_400_000
export const slotMs = 300_000

/** The IST calendar day an instant lies in: limits and codes count by this day, never by UTC's. */
export function istDay(at: Instant): DayNumber {
  return dayNumber(Math.floor((at + istOffsetMs) / dayMs))
}

/** The instant at which an IST calendar day begins. */
export function istDayStart(day: DayNumber): Instant {
  return instant(day * dayMs - istOffsetMs)
}

/** Index 0-287 of the five-minute slot of the IST day. */
export function slotOfDay(at: Instant): number {
  return Math.floor((at - istDayStart(istDay(at))) / slotMs)
}

/** Start of the five-minute slot an instant lies in; the grid is aligned to UTC and IST alike. */
export function slotStart(at: Instant): Instant {
  return instant(Math.floor(at / slotMs) * slotMs)
}

/** `HH:MM` in IST. */
export function istClockText(at: Instant): string {
  const minutesOfDay = Math.floor((at - istDayStart(istDay(at))) / 60_000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(Math.floor(minutesOfDay / 60))}:${two(minutesOfDay % 60)}`
}

/** `YYYY-MM-DD` of a day number. */
export function isoDate(day: DayNumber): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** Day number of `YYYY-MM-DD`, or undefined when the text is no calendar date. */
export function dayOfIsoDate(text: string): DayNumber | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const ms = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(ms)) return undefined
  const day = dayNumber(ms / dayMs)
  return isoDate(day) === text ? day : undefined
}
