import { grams, subtractGrams, type Grams } from '@baari/shared/units/mass'
import { minutes, type Millis } from '@baari/shared/units/time'

/** What the station file says about one nozzle's counter. */
export type MeterLimits = {
  /** The counter runs from 0 to `widthGrams` - 1 and then starts again (D01). */
  readonly widthGrams: Grams
  /** The most the hose can deliver in one second. */
  readonly maxFlowGramsPerS: Grams
  /** One step of the device's own display: two figures that differ by it are the same figure. */
  readonly countGrams: Grams
}

/** A reading of the totaliser and the age of the reading before it. */
export type MeterReading = {
  readonly totaliserGrams: Grams
  /** Null when nobody knows, for instance when the clock went back over a restart. */
  readonly sinceLastMs: Millis | null
}

export type MeterStep =
  | { readonly kind: 'forward'; readonly grams: Grams }
  | { readonly kind: 'rollover'; readonly grams: Grams }
  /** Nothing explains the step back (D02): the meter was replaced or reset. Never above 0. */
  | { readonly kind: 'reset'; readonly differenceGrams: Grams }

export type StepFacts = {
  readonly from: Grams
  readonly reading: MeterReading
  readonly meter: MeterLimits
  /** Mass of the sale in the device's own log that would explain the whole step; null without one. */
  readonly saleGrams: Grams | null
}

/** A backward step on an older reading is never a rollover by time (hardware.md section 7). */
export const rolloverTrust = minutes(15)
const rolloverAllowance = grams(1000)

/**
 * The mass between two readings of one totaliser. A step back is a rollover only if the meter
 * could have delivered the difference since a reading at most 15 minutes old, plus 1 kg, or if the
 * device's own sale explains it to one count (D01). Anything else is a reset (D02).
 */
export function stepOf(facts: StepFacts): MeterStep {
  const difference = subtractGrams(facts.reading.totaliserGrams, facts.from)
  if (difference >= 0) return { kind: 'forward', grams: difference }
  const around = grams(difference + facts.meter.widthGrams)
  return around >= 0 && (possibleByFlow(facts, around) || explainedBySale(facts, around))
    ? { kind: 'rollover', grams: around }
    : { kind: 'reset', differenceGrams: difference }
}

/** Two figures of one device agree when they differ by at most one count of its display. */
export function agree(a: Grams, b: Grams, meter: MeterLimits): boolean {
  return Math.abs(a - b) <= meter.countGrams
}

/** Agreement of two totaliser readings, of which one may lie just behind the rollover. */
export function totalsAgree(a: Grams, b: Grams, meter: MeterLimits): boolean {
  const apart = Math.abs(a - b)
  return Math.min(apart, meter.widthGrams - apart) <= meter.countGrams
}

/** The totaliser reading `by` grams before (negative: after) `total`, on a counter that wraps. */
export function wound(total: Grams, by: Grams, meter: MeterLimits): Grams {
  const width = meter.widthGrams
  return grams((((total + by) % width) + width) % width)
}

function possibleByFlow({ reading, meter }: StepFacts, around: Grams): boolean {
  const age = reading.sinceLastMs
  if (age === null || age < 0 || age > rolloverTrust) return false
  return around <= Math.floor((meter.maxFlowGramsPerS * age) / 1000) + rolloverAllowance
}

function explainedBySale({ saleGrams, meter }: StepFacts, around: Grams): boolean {
  return saleGrams !== null && saleGrams > 0 && agree(saleGrams, around, meter)
}
