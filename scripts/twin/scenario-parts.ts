import type { z } from 'zod'
import { recommendedConfig } from '@baari/shared/domain/dispatch/dispatch-config'
import { withoutCredit } from '@baari/shared/domain/twin/policies'
import type { Rule } from '@baari/shared/domain/twin/steady-run'
import type { SteadyState } from '@baari/shared/domain/twin/steady-state'
import type { TwoPeakDay } from '@baari/shared/domain/twin/two-peak-day'
import { minutes } from '@baari/shared/units/time'
import type { daySchema, ruleSchema, steadySchema } from './scenario-file.ts'

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
