import { grams, noGrams, type Grams } from '@baari/shared/units/mass'
import type { Millibar } from '@baari/shared/units/pressure'
import { hours, millis, type Millis } from '@baari/shared/units/time'

/** The cascade as one store. Pressures are those of the bank the station measures. */
export type CascadeFacts = {
  /** Null when it cannot be trusted: then nothing stored is counted on. */
  readonly pressure: Millibar | null
  /** Below this no vehicle can be filled (X07). */
  readonly minimum: Millibar
  readonly full: Millibar
  /** Gas in all banks when they are full; 0 when nobody has told. */
  readonly capacity: Grams
}

export type GasFacts = {
  readonly workingPositions: number
  /** Change of vehicle included (lanes.md section 4). */
  readonly meanService: Millis
  readonly meanFill: Grams
  readonly compressorGramsPerHour: Grams
  readonly cascade: CascadeFacts | null
}

export type GasState = {
  /** What the station can serve, by its slower side; whole vehicles. */
  readonly vehiclesPerHour: number
  readonly limitedBy: 'positions' | 'gas'
  /** Stored gas that vehicles can still take; null when nothing is measured or trusted. */
  readonly gasLeft: Grams | null
  /** Until the compressor has brought the bank back to its minimum; 0 when it is not below (X07). */
  readonly refillIn: Millis
}

/**
 * Effective rate of hardware.md section 9: min(positions × 60 / mean service minutes, (compressor
 * kg/h + usable stored kg/h) / mean fill). Stored gas is taken to last an hour; it falls with the
 * pressure in a straight line, which is near enough for a wait and is never used to cut a fill off.
 */
export function gasState(facts: GasFacts): GasState {
  const { workingPositions, meanService, meanFill, compressorGramsPerHour, cascade } = facts
  const byPositions = (workingPositions * hours(1)) / meanService
  const gasLeft = cascade === null ? null : usableGas(cascade)
  const byGas = (compressorGramsPerHour + (gasLeft ?? noGrams)) / meanFill
  return {
    vehiclesPerHour: Math.floor(Math.min(byPositions, byGas)),
    limitedBy: byGas < byPositions ? 'gas' : 'positions',
    gasLeft,
    refillIn: cascade === null ? millis(0) : refillTime(cascade, compressorGramsPerHour),
  }
}

/** A tenth-of-a-per-cent service stretch for the queue's forecast: 1000 when gas does not limit. */
export function servicePermille(facts: GasFacts, { vehiclesPerHour }: GasState): number {
  const byPositions = (facts.workingPositions * hours(1)) / facts.meanService
  if (vehiclesPerHour >= Math.floor(byPositions)) return 1000
  // A station that makes no gas serves nobody; the forecast is bounded by its own six hours.
  return Math.min(100_000, Math.round((byPositions * 1000) / Math.max(1, vehiclesPerHour)))
}

function usableGas({ pressure, minimum, full, capacity }: CascadeFacts): Grams | null {
  if (pressure === null) return null
  return gasBetween(minimum, pressure, { full, capacity })
}

function refillTime(
  { pressure, minimum, full, capacity }: CascadeFacts,
  compressorGramsPerHour: Grams,
): Millis {
  if (pressure === null || pressure >= minimum || compressorGramsPerHour === 0) return millis(0)
  const missing = gasBetween(pressure, minimum, { full, capacity })
  return millis(Math.ceil((missing * hours(1)) / compressorGramsPerHour))
}

function gasBetween(
  low: Millibar,
  high: Millibar,
  { full, capacity }: Pick<CascadeFacts, 'full' | 'capacity'>,
): Grams {
  if (high <= low) return noGrams
  return grams(Math.floor((capacity * (Math.min(high, full) - low)) / full))
}
