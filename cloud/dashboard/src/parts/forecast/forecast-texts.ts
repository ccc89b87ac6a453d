import type { ForecastReport, ModelCard } from '@baari/shared/contracts/http/forecast-api'
import { isoDate, istDay } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'
import type { Words } from '../../words/en.ts'
import { fill } from '../../words/language.ts'

const quarterMs = 900_000

/** A day as its page names it: `Mon 30`. */
export function shortDay(words: Words, atMs: number): string {
  const day = istDay(instant(atMs))
  // 1970-01-01 was a Thursday.
  const weekday = words.forecast.weekdays.split(' ')[(((day + 3) % 7) + 7) % 7] ?? ''
  return `${weekday} ${Number(isoDate(day).slice(8))}`
}

/** When the newest count came, or null where there is none at all. */
export function newestCount({ shown }: ForecastReport): number | null {
  const last = shown.came.findLastIndex((value) => value !== null)
  return last < 0 ? null : shown.fromMs + (last + 1) * quarterMs
}

/** So long without a count, and a page says so: counts come each quarter of an hour. */
export const staleAfterMs = 3 * 3_600_000

export function gateText(words: Words, { verdict }: ModelCard): string {
  const known: Readonly<Record<string, string>> = words.forecast.reasons
  if (verdict.passes) return words.forecast.passed
  return verdict.reasons.map((code) => known[code] ?? words.forecast.reasons.other).join(' ')
}

export function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** Better or worse than seasonal naive, in percent. */
export function skillText(words: Words, skill: number): string {
  const by = percentText(Math.abs(skill))
  return fill(skill >= 0 ? words.forecast.better : words.forecast.worse, { by })
}

/** What a feature is in the words of the page; one of its own data keeps its name. */
export function featureText(words: Words, name: string): string {
  const known: Readonly<Record<string, string>> = words.forecast.features
  return known[name] ?? name
}

/** Who asked: somebody with a role, or a part of the cloud by its name. */
export function whoText(words: Words, by: string): string {
  const known: Readonly<Record<string, string>> = words.forecast.who
  return known[by.split(':')[0] ?? by] ?? by
}
