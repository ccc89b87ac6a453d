import type { StationLink } from '@baari/shared/contracts/http/sync-api'
import { isoDate, istClockText, istDay } from '@baari/shared/units/ist-calendar'
import { grams, kilogramText } from '@baari/shared/units/mass'
import { paise, rupeeText } from '@baari/shared/units/money'
import { dayNumber, instant } from '@baari/shared/units/time'
import type { Words } from '../words/en.ts'
import { fill } from '../words/language.ts'

/** `14:07` in IST, whatever zone this browser believes in. */
export function clockText(ms: number): string {
  return istClockText(instant(Math.round(ms)))
}

/** `2026-11-29 14:07` in IST. */
export function momentText(ms: number): string {
  return `${isoDate(istDay(instant(ms)))} ${clockText(ms)}`
}

export function dayText(day: number): string {
  return isoDate(dayNumber(day))
}

/** The largest whole measure of an age, by the cloud's clock. */
export function agoText(words: Words, ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000))
  if (s < 60) return fill(words.ago.s, { n: s })
  if (s < 3_600) return fill(words.ago.min, { n: Math.floor(s / 60) })
  if (s < 172_800) return fill(words.ago.h, { n: Math.floor(s / 3_600) })
  return fill(words.ago.d, { n: Math.floor(s / 86_400) })
}

type Shift = NonNullable<StationLink['lastShift']>

export function figuresText(words: Words, figures: Shift['station']): string {
  const { fills, grams: mass, amountPaise } = figures
  const [kg, rs] = [kilogramText(grams(mass), 3), rupeeText(paise(amountPaise))]
  return fill(words.shiftFigures, { fills, kg, rs })
}

/** A station that was not heard for this long is shown as away: four heartbeats and a little. */
export const awayMs = 150_000

export type Mark = 'good' | 'wait' | 'bad'

export function linkMark(link: StationLink, nowMs: number): Mark {
  if (link.heardAtMs === null || nowMs - link.heardAtMs > awayMs) return 'wait'
  return (link.unsentOps ?? 0) === 0 ? 'good' : 'wait'
}

export function proofMark({ lastProof }: StationLink): Mark {
  if (lastProof === null) return 'wait'
  return lastProof.outcome === 'differs' ? 'bad' : 'good'
}

export function sameFigures({ station, cloud }: Shift): boolean {
  return (
    station.fills === cloud.fills &&
    station.grams === cloud.grams &&
    station.amountPaise === cloud.amountPaise
  )
}
