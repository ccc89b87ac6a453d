import { z } from 'zod'

/**
 * A station and what it meets, as a file of `npm run twin` or an operator's question names it. Times
 * of day are `HH:MM` and become minutes from midnight; shares and loads are fractions.
 */

const share = z.number().min(0).max(1)
const shares = z
  .strictObject({ auto: share, car: share, lcv: share, bus: share })
  .refine(({ auto, car, lcv, bus }) => Math.abs(auto + car + lcv + bus - 1) < 1e-9, {
    error: 'the shares of the classes add up to 1',
  })

const usualShares = { auto: 0.5, car: 0.4, lcv: 0.08, bus: 0.02 }

/** Unbounded numbers would be a run without end. */
const station = {
  positions: z.int().min(1).max(16),
  bookedShare: z.number().min(0).max(0.95).default(0.5),
  noShow: z.number().min(0).max(0.5).default(0.1),
  punctualityMinutes: z.number().min(0).max(30).default(5),
  shares: shares.default(usualShares),
  stagingNoise: z.boolean().default(true),
}

export const ruleSchema = z
  .strictObject({
    streakLimit: z.int().min(0).max(99).default(2),
    streakLimitWhenOld: z.int().min(0).max(99).default(1),
    oldAfterMinutes: z.number().min(1).max(1_440).default(45),
    staging: z.boolean().default(true),
    lateCredit: z.boolean().default(true),
  })
  .prefault({})

export const steadySchema = z.strictObject({
  ...station,
  /** Below 1, because a queue that only grows has no mean. */
  load: z.number().min(0.05).max(0.98),
  rule: ruleSchema,
})

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 17:30')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const outage = z
  .strictObject({
    position: z.int().min(1).max(16),
    from: clock,
    to: clock,
    retime: z.boolean().default(true),
    consent: share.default(0.8),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'an outage ends after it begins' })

export const daySchema = z
  .strictObject({
    ...station,
    /** Of the whole day; the peak hours are above 1 and pass. */
    load: z.number().min(0.05).max(1.1),
    forecastError: z.number().min(0).max(1).default(0),
    cap: z.enum(['forecast', 'flat']).default('forecast'),
    outage: outage.optional(),
    rule: ruleSchema,
  })
  .refine(({ outage: failed, positions }) => (failed?.position ?? 1) <= positions, {
    path: ['outage', 'position'],
    error: 'the station has no such position',
  })

/** One station and what it meets; what `npm run twin` plays. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    seed: z.int().min(0).default(1),
    replications: z.int().min(2).max(1_000).default(8),
    /** Of a station in steady state; a day is one day. */
    days: z.int().min(2).max(60).default(10),
    steady: steadySchema.optional(),
    day: daySchema.optional(),
  })
  .refine(({ steady, day }) => (steady === undefined) !== (day === undefined), {
    error: 'a scenario has either steady or day',
  })

export type Scenario = z.output<typeof scenarioSchema>
