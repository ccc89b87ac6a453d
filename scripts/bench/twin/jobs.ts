import { meanDay, type DayRun } from '@baari/shared/domain/twin/day-run'
import type { RunSeed } from '@baari/shared/domain/twin/chance'
import { steadyRun, type Rule, type SteadyRun } from '@baari/shared/domain/twin/steady-run'
import type { SteadyState } from '@baari/shared/domain/twin/steady-state'
import type { TwoPeakDay } from '@baari/shared/domain/twin/two-peak-day'
import { referenceRun, type ReferenceRun } from './reference-run.ts'

/** One replication of one station: all that a thread needs, and nothing that depends on it. */
export type Job = { readonly seed: RunSeed } & (
  | { readonly kind: 'steady'; readonly scenario: SteadyState; readonly rule: Rule }
  | { readonly kind: 'day'; readonly day: TwoPeakDay; readonly days: number; readonly rule: Rule }
  | { readonly kind: 'reference'; readonly scenario: SteadyState; readonly warmUpDays: number }
)

/** What the job of each kind answers. */
export type Answers = {
  readonly steady: SteadyRun
  readonly day: DayRun
  readonly reference: ReferenceRun
}

export type Answer = Answers[Job['kind']]

export function runJob(job: Job): Answer {
  switch (job.kind) {
    case 'steady':
      return steadyRun(job.scenario, job.rule, job.seed)
    case 'day':
      return meanDay(job.day, { rule: job.rule, days: job.days, seed: job.seed })
    case 'reference':
      return referenceRun(job.scenario, job.warmUpDays, job.seed)
  }
}
