import type { ScanView } from '@baari/shared/contracts/live/station-view'
import type { Verdict } from '@baari/shared/domain/check-in/verdict'

/** One scan of the day: what is shown where, and what scenarios.md expects of it. */
export type PlannedScan = {
  /** Row of scenarios.md. */
  readonly id: string
  readonly given: string
  readonly by: 'scanner' | 'camera' | 'keypad'
  readonly lane: 1 | 2
  readonly text: string
  readonly expected: Verdict
}

export type PlayedScan = PlannedScan & { readonly view: ScanView }

export function wrongOnes(played: readonly PlayedScan[]): readonly PlayedScan[] {
  return played.filter(({ expected, view }) => view.verdict !== expected)
}
