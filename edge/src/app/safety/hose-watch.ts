import type { Grams } from '@baari/shared/units/mass'
import type { PositionNo } from '@baari/shared/units/names'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Mono } from '@baari/shared/units/time'
import { hoseIsBroken, type HoseRule, type PressureLook } from '../../domain/safety/hose-break.ts'
import { trusted, type SafetyReadings } from '../../domain/safety/safety-readings.ts'
import { flowRate, type FlowRate } from '../position/flow-rate.ts'

/** Every message of any sensor asks; a look more often than this would only shorten the memory. */
const shortestMs = 50
/** Pressures kept: the longest window the station file allows, and some. */
const mostLooks = 512

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
  #lookedAt: Mono | null = null
  #broken = false

  constructor(parts: HoseWatchParts) {
    this.#parts = parts
  }

  broken(): boolean {
    const now = this.#parts.clock.mono()
    if (this.#lookedAt === null || now - this.#lookedAt >= shortestMs) {
      this.#lookedAt = now
      this.#broken = this.#look(now)
    }
    return this.#broken
  }

  #look(now: Mono): boolean {
    const { rule, bank, fills } = this.#parts
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
