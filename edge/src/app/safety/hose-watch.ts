import type { Grams } from '@baari/shared/units/mass'
import type { PositionNo } from '@baari/shared/units/names'
import type { Clock } from '@baari/shared/runtime/clock'
import { hoseIsBroken, type HoseRule, type PressureLook } from '../../domain/safety/hose-break.ts'
import { trusted, type SafetyReadings } from '../../domain/safety/safety-readings.ts'
import { flowRate, type FlowRate } from '../position/flow-rate.ts'

/** Pressures kept; ten a second for the longest window the station file allows. */
const mostLooks = 256

export type HoseWatchParts = {
  readonly rule: HoseRule
  readonly clock: Clock
  readonly bank: () => SafetyReadings['bank']
  readonly fills: () => readonly { readonly no: PositionNo; readonly grams: Grams | null }[]
}

/** Looks at flow and pressure together; asked with every look of the trip watch. */
export class HoseWatch {
  readonly #parts: HoseWatchParts
  readonly #flows = new Map<PositionNo, FlowRate>()
  #looks: readonly PressureLook[] = []

  constructor(parts: HoseWatchParts) {
    this.#parts = parts
  }

  broken(): boolean {
    const { rule, clock, bank, fills } = this.#parts
    const now = clock.mono()
    const reading = bank()?.reading
    if (reading && trusted(reading))
      this.#looks = [...this.#looks, { pressure: reading.value, at: now }].slice(-mostLooks)
    const flows = fills().map(({ no, grams }) => {
      const flow = this.#flows.get(no) ?? flowRate()
      this.#flows.set(no, flow)
      if (grams !== null) flow.note(grams, now)
      return grams === null ? 0 : flow.gramsPerS(now)
    })
    const fastestGramsPerS = Math.max(0, ...flows)
    return hoseIsBroken(rule, { fastestGramsPerS, looks: this.#looks, now })
  }
}
