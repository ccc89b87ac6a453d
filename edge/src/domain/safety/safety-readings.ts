import type { Millibar } from '@baari/shared/units/pressure'

/** How far a value can be trusted (hardware.md section 3). */
export type Quality = 'good' | 'uncertain' | 'bad' | 'stale'

export type SafetyReading<T> = { readonly value: T | null; readonly quality: Quality }

/** One gas detector with the limits of its station file. Percent of the lower explosive limit. */
export type GasDetector = {
  readonly id: string
  readonly reading: SafetyReading<number>
  readonly warnPercentLel: number
  readonly stopPercentLel: number
}

export type BankPressure = {
  readonly reading: SafetyReading<Millibar>
  /** Below this the cascade cannot fill a vehicle (X07). */
  readonly minMbar: Millibar
}

/**
 * Every safety input of the station at one moment. Null and an empty list mean that the station
 * file configures none; an input that is configured and silent is here, as `stale`.
 */
export type SafetyReadings = {
  readonly esd: SafetyReading<'healthy' | 'tripped'> | null
  readonly gas: readonly GasDetector[]
  readonly bank: BankPressure | null
}

/** Stale and bad are unsafe, uncertain may be shown but never acted on (hardware.md 10.2). */
export function trusted<T>(reading: SafetyReading<T>): reading is { value: T; quality: 'good' } {
  return reading.quality === 'good' && reading.value !== null
}
