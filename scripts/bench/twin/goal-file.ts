import { z } from 'zod'
import { daySchema, steadySchema } from '@baari/shared/contracts/twin/scenario'

const bar = z.number().optional()

/** Bars of one station in steady state, by the goals of the design; an absent one does not bind. */
const steadyGoals = z.strictObject({
  /** G1: 95 % of booked, on-time vehicles start within so many minutes. */
  bookedP95Minutes: bar,
  /** G2: share of them that start within ten minutes, at least. */
  bookedInTen: bar,
  /** G3, G4, G5: against first come first served on the same vehicles. */
  walkInRatio: bar,
  walkInP99Ratio: bar,
  allRatio: bar,
  /** G6: mean raw wait against first come first served on the same stream, off by at most. */
  rawRatioOff: bar,
  /** G7: minutes per position-hour idle with a vehicle staged elsewhere. */
  idleMinutes: bar,
  /** G8. */
  overtakes: bar,
})

const steadyCell = z.strictObject({ ...steadySchema.shape, goals: steadyGoals.prefault({}) })

/** What a changed number may do (G10, G11). */
const comparison = z.strictObject({
  goal: z.string().min(1).max(20),
  from: steadySchema,
  to: steadySchema,
  bookedP95RiseMinutes: z.number(),
  walkInRatio: z.number(),
})

const dayGoals = z.strictObject({
  allRatio: bar,
  longestQueueRatio: bar,
  /** True: no larger share of walk-ins waits over 30 minutes than under first come first served. */
  over30NotAboveB: z.boolean().default(false),
  shiftMinutes: bar,
  toldMinutes: bar,
  silentlyLate: bar,
})

const dayCell = z.strictObject({
  goal: z.string().min(1).max(40),
  day: daySchema,
  goals: dayGoals.prefault({}),
})

/** What `npm run bench -- twin` runs: stations, and the bars they are held to. */
export const goalFileSchema = z.strictObject({
  name: z.string().min(1).max(100),
  days: z.int().min(2).max(60).default(20),
  replications: z.int().min(2).max(1_000).default(80),
  steady: z.array(steadyCell).max(40).default([]),
  compare: z.array(comparison).max(10).default([]),
  day: z.array(dayCell).max(20).default([]),
})

export type GoalFile = z.output<typeof goalFileSchema>
export type SteadyCell = z.output<typeof steadyCell>
export type Comparison = z.output<typeof comparison>
export type DayCell = z.output<typeof dayCell>
