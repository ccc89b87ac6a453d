import type { Grams } from '@baari/shared/units/mass'
import type { Mono } from '@baari/shared/units/time'
import type { DispenserStatus } from '../ports/dispenser.ts'

/** What is wrong with a frame that arrived whole. */
export type FrameProblem = 'unreadable-number' | 'implausible-check' | 'unknown-state'

export type LiveFrame = {
  readonly status: DispenserStatus
  readonly problem: FrameProblem | null
  readonly attempts: number
  readonly at: Mono
  readonly rawHex: string
}

/** What a meter can do, by the station file. */
export type MeterLimits = {
  readonly maxFlowGramsPerSecond: number
  readonly widthGrams: number
}

export type Step = { readonly grams: Grams; readonly at: Mono }

/** Gas a counter may show beyond its flow: one kilogram for counting steps and delays. */
const stepToleranceGrams = 1_000

/**
 * Whether a counter can have moved so between two frames. About one damaged frame in 65,536 passes
 * its check value, so a jump is believed only when a second frame agrees with it.
 */
export function plausibleStep(
  from: Step,
  to: Step,
  { maxFlowGramsPerSecond, widthGrams }: MeterLimits,
): boolean {
  const moved = to.grams - from.grams
  // A roll-over is a step like any other (D01).
  const forward = moved < 0 ? moved + widthGrams : moved
  const seconds = Math.max(0, to.at - from.at) / 1000
  return forward <= maxFlowGramsPerSecond * seconds + stepToleranceGrams
}
