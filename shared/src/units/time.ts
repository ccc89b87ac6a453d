import { assert } from '../faults/assert.ts'
import type { Brand } from './brand.ts'

/** A moment on the wall clock: milliseconds since 1970-01-01T00:00Z. For receipts and promises. */
export type Instant = Brand<number, 'Instant'>

/** Milliseconds on a clock that never goes back within one boot. For deadlines only. */
export type Mono = Brand<number, 'Mono'>

/** A length of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>

/** Whole days since 1970-01-01 of a calendar date (re-test days, IST business days). */
export type DayNumber = Brand<number, 'DayNumber'>

export function instant(ms: number): Instant {
  assert(Number.isSafeInteger(ms), 'an instant is a whole number of milliseconds')
  return ms as Instant
}

export function mono(ms: number): Mono {
  assert(Number.isFinite(ms), 'monotonic time is a finite number of milliseconds')
  return ms as Mono
}

export function millis(ms: number): Millis {
  assert(Number.isFinite(ms), 'a duration is a finite number of milliseconds')
  return ms as Millis
}

export function dayNumber(days: number): DayNumber {
  assert(Number.isSafeInteger(days), 'a day number is a whole number')
  return days as DayNumber
}

export const seconds = (n: number): Millis => millis(n * 1000)
export const minutes = (n: number): Millis => millis(n * 60_000)
export const hours = (n: number): Millis => millis(n * 3_600_000)

export function after(at: Instant, duration: Millis): Instant {
  return instant(at + duration)
}

export function before(at: Instant, duration: Millis): Instant {
  return instant(at - duration)
}

export function elapsed(from: Instant, to: Instant): Millis {
  return millis(to - from)
}

export function monoAfter(at: Mono, duration: Millis): Mono {
  return mono(at + duration)
}

export function monoElapsed(from: Mono, to: Mono): Millis {
  return millis(to - from)
}
