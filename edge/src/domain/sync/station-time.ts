import type { Instant, Mono } from '@baari/shared/units/time'
import { instant } from '@baari/shared/units/time'

/**
 * Station time (architecture.md, Tokens). Once cloud time was seen in this boot the wall clock is
 * ignored: trusted time is the cloud's plus monotonic time elapsed. Before that it is the later of
 * the wall clock and the persisted floor, and uncertain: setting the clock back revives nothing.
 */
export type StationTime = {
  readonly trusted: { readonly at: Instant; readonly mono: Mono; readonly errorMs: number } | null
  readonly floor: Instant
}

export type Clocks = { readonly wall: Instant; readonly mono: Mono }
export type Told = {
  /** The cloud's clock in its answer. */
  readonly serverTime: Instant
  readonly sentMono: Mono
  readonly receivedMono: Mono
}

/** Longer exchanges tell too little about the moment to be learned from. */
const roundTripMaxMs = 10_000
/** A quartz drifts below this share, so an old good exchange ages into a poor one. */
const driftPerMs = 1 / 10_000

export function newStationTime(floor: Instant): StationTime {
  return { trusted: null, floor }
}

export function stationTimeAt(
  { trusted, floor }: StationTime,
  { wall, mono }: Clocks,
): { readonly at: Instant; readonly mono: Mono; readonly trusted: boolean } {
  if (trusted === null) return { at: later(wall, floor), mono, trusted: false }
  const elapsed = Math.trunc(mono - trusted.mono)
  return { at: instant(trusted.at + elapsed), mono, trusted: true }
}

/**
 * Learns from one exchange: the server's moment lies half the round trip before the answer came.
 * An exchange that is worse than what is known, drift included, changes nothing.
 */
export function learnTime(time: StationTime, told: Told): StationTime {
  const roundTripMs = told.receivedMono - told.sentMono
  if (roundTripMs < 0 || roundTripMs > roundTripMaxMs) return time
  const errorMs = roundTripMs / 2
  const { trusted } = time
  if (trusted !== null) {
    const age = told.receivedMono - trusted.mono
    if (trusted.errorMs + age * driftPerMs <= errorMs) return time
  }
  const at = instant(told.serverTime + Math.round(errorMs))
  return { ...time, trusted: { at, mono: told.receivedMono, errorMs } }
}

/** Above this a person has to look at the station's clock (sync.md section 3). */
export const clockAlarmMs = 60_000

/** Wall clock minus station time: what the wall clock is wrong by; null while uncertain. */
export function wallErrorMs(time: StationTime, clocks: Clocks): number | null {
  return time.trusted === null ? null : clocks.wall - stationTimeAt(time, clocks).at
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b
}
