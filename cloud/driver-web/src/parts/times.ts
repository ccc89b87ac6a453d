import { istClockText, istDay } from '@baari/shared/units/ist-calendar'
import { instant } from '@baari/shared/units/time'

export function clockText(ms: number): string {
  return istClockText(instant(ms))
}

/** `14:10-14:20`: a driver reads the promised ten minutes. */
export function windowText(startMs: number, endMs: number): string {
  return `${clockText(startMs)}-${clockText(endMs)}`
}

export function isSameIstDay(a: number, b: number): boolean {
  return istDay(instant(a)) === istDay(instant(b))
}

/** `4821-0937-9`, as it is printed and spoken. */
export function codeText(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}
