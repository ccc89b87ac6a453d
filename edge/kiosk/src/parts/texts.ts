import { istClockText } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'

/** `14:07` in IST, whatever zone the kiosk's browser believes in. */
export function clockText(ms: number): string {
  return istClockText(instant(Math.round(ms)))
}

export type Age = { readonly unit: 's' | 'min' | 'h' | 'd'; readonly n: number }

/** The largest whole measure of an age, as a person says it. */
export function ageOf(ms: number): Age {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 60) return { unit: 's', n: s }
  if (s < 3600) return { unit: 'min', n: Math.floor(s / 60) }
  if (s < 172_800) return { unit: 'h', n: Math.floor(s / 3600) }
  return { unit: 'd', n: Math.floor(s / 86_400) }
}

export function wholeMinutes(ms: number): number {
  return Math.max(0, Math.round(ms / 60_000))
}

/** `4821-0937-9` while it is being typed. */
export function groupedDigits(digits: string): string {
  return [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8)]
    .filter((part) => part !== '')
    .join('-')
}

/** `DD-MM-YYYY` typed as eight digits to `YYYY-MM-DD`, or undefined when no such day exists. */
export function isoOfTyped(digits: string): string | undefined {
  if (!/^\d{8}$/.test(digits)) return undefined
  const iso = `${digits.slice(4)}-${digits.slice(2, 4)}-${digits.slice(0, 2)}`
  const date = new Date(`${iso}T00:00:00Z`)
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? undefined : iso
}

/** `31-12-2028` while it is being typed. */
export function groupedDate(digits: string): string {
  return [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 8)]
    .filter((part) => part !== '')
    .join('-')
}

/** Rupees typed as whole digits to paise. */
export function paiseOfRupees(digits: string): number {
  return Number(digits === '' ? '0' : digits) * 100
}

/** `W-57` in one piece: a line may not end at its hyphen. */
export function unbroken(label: string): string {
  return label.replace('-', '\u2011')
}
