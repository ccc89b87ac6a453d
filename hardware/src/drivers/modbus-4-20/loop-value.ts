import type { SensorLimits, SensorUnit } from '../../ports/sensor.ts'
import type { Look } from '../held-reading.ts'

/** How a module counts the current: the counts at 4 and at 20 mA. */
export type LoopScale = { readonly zeroCount: number; readonly fullCount: number }

/**
 * Currents of NAMUR NE 43, in microampere: 3.8 to 20.5 mA measure; 3.6 to 3.8 and 20.5 to 21 mA are
 * neither value nor failure; everything beyond is the instrument's failure or a broken wire.
 */
const lowestFailing = 3_600
const lowestMeasuring = 3_800
const highestMeasuring = 20_500
const highestFailing = 21_000
const zeroMicroamps = 4_000
const spanMicroamps = 16_000

/** Current of a count, in microampere, rounded. */
export function microampsOf(count: number, { zeroCount, fullCount }: LoopScale): number {
  return Math.round(zeroMicroamps + ((count - zeroCount) * spanMicroamps) / (fullCount - zeroCount))
}

/**
 * Value of a 4–20 mA loop in whole counts of its unit. The live zero tells a broken wire from an
 * empty bank: 0 mA is `bad` and never the value 0 (X02). A gas concentration is rounded up.
 */
export function loopValue(
  count: number,
  loop: { readonly scale: LoopScale; readonly limits: SensorLimits; readonly unit: SensorUnit },
): Look<number> {
  const microamps = microampsOf(count, loop.scale)
  const raw = `${microamps} uA`
  if (microamps < lowestFailing || microamps > highestFailing)
    return { value: null, quality: 'bad', raw }
  const { low, high } = loop.limits
  const inside = Math.min(spanMicroamps, Math.max(0, microamps - zeroMicroamps))
  const exact = low + (inside * (high - low)) / spanMicroamps
  const value = loop.unit === 'pct_lel' ? Math.ceil(exact) : Math.round(exact)
  const measures = microamps >= lowestMeasuring && microamps <= highestMeasuring
  return { value, quality: measures ? 'good' : 'uncertain', raw }
}
