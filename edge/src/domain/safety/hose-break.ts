import type { Millibar } from '@baari/shared/units/pressure'
import type { Millis, Mono } from '@baari/shared/units/time'

/** What a torn hose looks like at this station (hardware.md 10.8). */
export type HoseRule = {
  /** More than any nozzle can give into a cylinder. */
  readonly flowGramsPerS: number
  readonly dropMbar: Millibar
  readonly within: Millis
}

export type PressureLook = { readonly pressure: Millibar; readonly at: Mono }

/**
 * Gas flows faster than into a cylinder while the pressure behind it falls: the hose is off or torn
 * (X06). Either alone is an ordinary fill or an ordinary bank change. `looks` are the trusted
 * pressures of the last seconds, oldest first; without two of them nothing is decided here.
 */
export function hoseIsBroken(
  rule: HoseRule,
  facts: {
    readonly fastestGramsPerS: number
    readonly looks: readonly PressureLook[]
    readonly now: Mono
  },
): boolean {
  if (facts.fastestGramsPerS < rule.flowGramsPerS) return false
  const recent = facts.looks.filter(({ at }) => facts.now - at <= rule.within)
  const last = recent.at(-1)
  if (last === undefined) return false
  const highest = Math.max(...recent.map(({ pressure }) => pressure))
  return highest - last.pressure >= rule.dropMbar
}
