import type { FillDecision, FillEvent, FillLimits, FillRules, FillState } from './fill-states.ts'
import { rulesAfterGas } from './rules-after-gas.ts'
import { rulesBeforeGas } from './rules-before-gas.ts'
import { rulesWithGas } from './rules-with-gas.ts'

const rules: FillRules = { ...rulesBeforeGas, ...rulesWithGas, ...rulesAfterGas }

/** What one event does to the fill at a nozzle. Pure; the effects are carried out by others. */
export function decideFill(state: FillState, event: FillEvent, limits: FillLimits): FillDecision {
  const rule = rules[state.kind][event.kind] as (
    s: FillState,
    e: FillEvent,
    limits: FillLimits,
  ) => FillDecision
  return rule(state, event, limits)
}
