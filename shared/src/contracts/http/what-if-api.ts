import { z } from 'zod'
import { scenarioSchema } from '../twin/scenario.ts'

/** One thing that could be otherwise; several add up in their order. */
const whatIfChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('close-position') }),
  z.strictObject({ kind: z.literal('cap'), cap: z.enum(['forecast', 'flat']) }),
  z.strictObject({ kind: z.literal('booked-share'), bookedShare: z.number().min(0).max(0.95) }),
  z.strictObject({
    kind: z.literal('rule'),
    streakLimit: z.int().min(0).max(99),
    streakLimitWhenOld: z.int().min(0).max(99),
  }),
  z.strictObject({ kind: z.literal('staging'), staging: z.boolean() }),
])

/** More is a question for the command line. */
const most = { replications: 40, days: 20 } as const

/** POST /v1/operator/what-if */
export const whatIfAsk = z.strictObject({
  scenario: scenarioSchema.refine(
    ({ replications, days }) => replications <= most.replications && days <= most.days,
    { error: 'at most 40 replications of 20 days' },
  ),
  changes: z.array(whatIfChange).max(5),
})

/** Null on the wire where nobody was counted. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN)

/** A mean with its 95 % limits. Waits in minutes; `InTen` and `Over30` are shares. */
const estimate = z.object({ mean: figure, low: figure, high: figure })

const difference = z.object({
  allMean: estimate,
  bookedP95: estimate,
  bookedInTen: estimate,
  walkInMean: estimate,
  walkInP95: estimate,
  walkInOver30: estimate,
})

/** `queue`: vehicles waiting at each half hour from 5 h on; empty for a steady state. */
const figures = difference.extend({ queue: z.array(z.number()).readonly() })

/**
 * → 200; 422 `what_if_impossible` with the reason, `what_if_too_long`; 429 `what_if_busy`. `b` is
 * first come first served for the same vehicles; `difference` pairs the replications.
 */
export const whatIfAnswer = z.object({
  b: figures,
  now: figures,
  then: figures.optional(),
  difference: difference.optional(),
  /** Time of the processor it took. */
  cpuMs: z.int().min(0),
})

export type WhatIfAsk = z.output<typeof whatIfAsk>
export type WhatIfQuestion = z.input<typeof whatIfAsk>
export type WhatIfAnswer = z.output<typeof whatIfAnswer>
