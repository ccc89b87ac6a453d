import type { Clock } from '@baari/shared/runtime/clock'
import { hours, minutes, seconds } from '@baari/shared/units/time'
import { repeatJob, type RepeatedJob } from '../app/repeated-job.ts'

export type JobRuns = {
  readonly sweepBookings: () => Promise<unknown>
  readonly learnShows: () => Promise<unknown>
  readonly runWaitlist: () => Promise<unknown>
  readonly runRetimes: () => Promise<unknown>
  readonly endImpossible: () => Promise<unknown>
  readonly deliverMessages: () => Promise<unknown>
  readonly runCuts: () => Promise<unknown>
  readonly drawLots: () => Promise<unknown>
  readonly keepKeys: () => Promise<unknown>
  readonly dropExpiredRows: () => Promise<unknown>
  readonly checkDays: () => Promise<unknown>
  readonly checkDelays: () => Promise<unknown>
  readonly replayDeferred: () => Promise<unknown>
  readonly keepStreams: () => Promise<unknown>
  readonly askNightly: () => Promise<unknown>
  readonly runTrainings: () => Promise<unknown>
  readonly promoteModels: () => Promise<unknown>
  readonly joinChoices: () => Promise<unknown>
  readonly fitSlots: () => Promise<unknown>
  readonly dropFeedback: () => Promise<unknown>
  readonly watchForecasts: () => Promise<unknown>
  readonly countUnmet: () => Promise<unknown>
}

/** What every process repeats; each job is safe to run in all of them at once. */
export function startJobs(
  clock: Clock,
  runs: JobRuns,
  onFault: (error: unknown, name: string) => void,
): () => Promise<void> {
  const every = {
    sweepBookings: seconds(2),
    learnShows: minutes(10),
    runWaitlist: seconds(5),
    runRetimes: seconds(10),
    endImpossible: seconds(30),
    runCuts: seconds(10),
    deliverMessages: seconds(2),
    drawLots: seconds(10),
    keepKeys: minutes(5),
    dropExpiredRows: minutes(10),
    checkDays: minutes(1),
    checkDelays: seconds(5),
    replayDeferred: minutes(5),
    keepStreams: minutes(10),
    askNightly: minutes(10),
    runTrainings: seconds(5),
    promoteModels: minutes(10),
    joinChoices: seconds(20),
    fitSlots: minutes(10),
    dropFeedback: hours(1),
    watchForecasts: minutes(10),
    countUnmet: minutes(10),
  }
  const jobs = (Object.keys(every) as (keyof JobRuns)[]).map((name): RepeatedJob => ({
    name,
    every: every[name],
    run: runs[name],
    onFault: (error) => onFault(error, name),
  }))
  const stops = jobs.map((job) => repeatJob(clock, job))
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}
