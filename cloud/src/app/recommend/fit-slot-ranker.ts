import { learnSpeeds } from '@baari/shared/domain/eta/offline-eta'
import type { fitRanker, MadeChoice } from '@baari/shared/domain/recommend/slots/fit-ranker'
import type { Clock } from '@baari/shared/runtime/clock'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, hours, type Instant } from '@baari/shared/units/time'
import {
  factsFrom,
  shrunkShare,
  usualShares,
  type RankerFacts,
} from '../../domain/recommend/ranker-facts.ts'
import type { ChoiceLog, RankerSources, SlotRankers } from '../../ports/slot-recommendation.ts'

/** Fits in a thread of its own: seconds of the processor. */
export type FitSlots = (
  choices: readonly MadeChoice[],
  seed: number,
) => Promise<ReturnType<typeof fitRanker>>

export type FitDeps = {
  readonly rankers: SlotRankers
  readonly log: Pick<ChoiceLog, 'made' | 'dropBefore'>
  readonly sources: RankerSources
  readonly fit: FitSlots
  readonly clock: Pick<Clock, 'now'>
}

const days = (count: number) => hours(24 * count)
/** The log is kept as long as it is learned from. */
const logKept = days(180)
const choicesMost = 6_000
const weeks = 4
const tripsMost = 20_000

/**
 * Once a night, in one process of all: what was chosen makes a new ranker by the ladder, and what
 * stations are known for is counted anew. Chance is the night's number. Returns whether it was fitted.
 */
export async function fitSlotRanker(deps: FitDeps): Promise<boolean> {
  const { rankers, clock } = deps
  const night = nightOf(clock.now())
  const isDone = async (): Promise<boolean> => {
    const newest = await rankers.newestAt()
    return newest !== undefined && nightOf(newest) >= night
  }
  if (await isDone()) return false
  let fitted = false
  await rankers.alone(async () => {
    if (await isDone()) return
    await fitNow(deps, night)
    fitted = true
  })
  return fitted
}

/** The night's jobs run from two in the morning, as the forecast's training does. */
function nightOf(at: Instant): number {
  return istDay(before(at, hours(2)))
}

async function fitNow({ rankers, log, sources, fit, clock }: FitDeps, seed: number): Promise<void> {
  const now = clock.now()
  await log.dropBefore(before(now, logKept))
  const choices = await log.made(before(now, logKept), choicesMost)
  const { ranker, verdict } = await fit(choices, seed)
  await rankers.add({ ranker, verdict, facts: await factsNow(sources, now) }, now)
}

async function factsNow(sources: RankerSources, now: Instant): Promise<RankerFacts> {
  const since = before(now, days(7 * weeks))
  const [stations, counts, trips] = await Promise.all([
    sources.stations(since),
    sources.takeCounts(since),
    sources.trips(before(now, days(60)), tripsMost),
  ])
  const sum = (of: (one: (typeof stations)[number]) => number): number =>
    stations.reduce((total, one) => total + of(one), 0)
  const meanShare = shrunkShare(
    sum(({ taken }) => taken),
    sum(({ offered }) => offered),
    usualShares.mean,
  )
  return {
    stations: Object.fromEntries(
      stations.map((one) => [one.station, factsFrom(one, meanShare, weeks)]),
    ),
    meanShare,
    takeShare: shrunkShare(counts.taken, counts.shown, usualShares.take),
    speeds: learnSpeeds(trips),
  }
}
