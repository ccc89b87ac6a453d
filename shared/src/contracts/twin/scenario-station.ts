import { recommendedConfig } from '../../domain/dispatch/dispatch-config.ts'
import { withoutCredit } from '../../domain/twin/policies.ts'
import type { Rule } from '../../domain/twin/steady-run.ts'
import type { SteadyState } from '../../domain/twin/steady-state.ts'
import type { TwoPeakDay } from '../../domain/twin/two-peak-day.ts'
import type { Station } from '../../domain/twin/what-if.ts'
import { present } from '../../faults/assert.ts'
import { minutes } from '../../units/time.ts'
import type { z } from 'zod'
import type { daySchema, ruleSchema, Scenario, steadySchema } from './scenario.ts'

/** The station of a scenario, as the twin plays it. */
export function stationOf({ steady, day, days }: Scenario): Station {
  if (day !== undefined) return { kind: 'day', day: dayOf(day), rule: ruleOf(day.rule) }
  const one = present(steady, 'one of steady and day')
  return { kind: 'steady', steady: steadyOf(one, days), rule: ruleOf(one.rule) }
}

/** The rule a scenario asks for: the published one with some numbers changed. */
export function ruleOf(rule: z.output<typeof ruleSchema>): Rule {
  const base = rule.lateCredit ? recommendedConfig : withoutCredit
  return {
    config: {
      ...base,
      streakLimit: rule.streakLimit,
      streakLimitWhenOld: rule.streakLimitWhenOld,
      oldAfter: minutes(rule.oldAfterMinutes),
    },
    staging: rule.staging,
  }
}

export function steadyOf(steady: z.output<typeof steadySchema>, days: number): SteadyState {
  const { positions, load, bookedShare, noShow, punctualityMinutes, shares, stagingNoise } = steady
  return { positions, load, bookedShare, noShow, punctualityMinutes, shares, stagingNoise, days }
}

export function dayOf({ rule: _, outage, ...day }: z.output<typeof daySchema>): TwoPeakDay {
  if (outage === undefined) return day
  const { from: fromMinute, to: toMinute, ...more } = outage
  return { ...day, outage: { ...more, fromMinute, toMinute } }
}
