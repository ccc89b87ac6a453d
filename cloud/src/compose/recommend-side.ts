import type { SlotRankerCard } from '@baari/shared/contracts/http/recommend-api'
import { unjudged } from '@baari/shared/domain/recommend/slots/fit-ranker'
import { usualFill } from '@baari/shared/domain/slots/usual-fill'
import { windowLength } from '@baari/shared/domain/slots/windows'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Place } from '@baari/shared/units/place'
import { before, hours, minutes, seconds, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { LookFor, RecommendationRoutes } from '../adapters/http/routes/recommendations.ts'
import type { StationFeedbackRoutes } from '../adapters/http/routes/station-feedback.ts'
import { bookingFillsOf } from '../adapters/postgres/booking-fills.ts'
import { choiceLogOf } from '../adapters/postgres/choice-log.ts'
import { databaseOf } from '../adapters/postgres/database.ts'
import { feedbacksOf } from '../adapters/postgres/fill-feedback.ts'
import {
  pastWindowsOf,
  rankerSourcesOf,
  stationPlacesOf,
} from '../adapters/postgres/ranker-sources.ts'
import { slotRankersOf } from '../adapters/postgres/slot-rankers.ts'
import { stationLivesOf } from '../adapters/postgres/station-lives.ts'
import { tripsOf } from '../adapters/postgres/trips.ts'
import { osrmRoutes } from '../adapters/routes/osrm-routes.ts'
import type { BookingWish } from '../app/bookings/make-booking.ts'
import { sayOnTheWay } from '../app/bookings/on-the-way.ts'
import { giveFeedback } from '../app/feedback/give-feedback.ts'
import { fitSlotRanker } from '../app/recommend/fit-slot-ranker.ts'
import { heldBriefly } from '../app/recommend/held-briefly.ts'
import { recommendSlots, type SlotWish } from '../app/recommend/recommend-slots.ts'
import { slotReads } from '../app/recommend/slot-reads.ts'
import type { RouteProvider } from '../ports/route-provider.ts'
import type { SlotRankers } from '../ports/slot-recommendation.ts'
import type { JobRuns } from './jobs.ts'
import type { SaleParts } from './sale-parts.ts'
import type { SlotFit, SlotFitAsk } from './recommender-thread.ts'
import { workInThread } from './work-in-thread.ts'

export type RecommendSide = {
  readonly routes: Pick<RecommendationRoutes, 'recommend' | 'onTheWay' | 'feedback' | 'clock'>
  readonly operators: Omit<StationFeedbackRoutes, 'stations'>
  /** Three windows of the same station for one that was full, the best first. */
  readonly alternatives: (wish: BookingWish) => Promise<readonly Instant[]>
  readonly jobs: Pick<JobRuns, 'joinChoices' | 'fitSlots' | 'dropFeedback'>
  stop(): Promise<void>
}

const joinedPerRun = 500
/** Whereabouts are kept as long as speeds are learned from them. */
const tripsKept = hours(24 * 60)
const feedbackKept = hours(24 * 400)
/** Nobody books within a second of what the page shows; questions are as many as stations and fills. */
const readsHeld = { forMs: seconds(1), most: 500 }
/** A driver looks at the page meanwhile. */
const routesWithinMs = 1_500

/** Recommended slots, arrivals and feedback, with what learns from them. */
export function recommendSide(parts: {
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly sale: SaleParts
  readonly routesUrl: string | undefined
}): RecommendSide {
  const { pool, clock, ids, sale, routesUrl } = parts
  const [log, rankers, feedbacks, trips] = [
    choiceLogOf(pool),
    slotRankersOf(pool),
    feedbacksOf(pool),
    tripsOf(pool),
  ]
  const places = stationPlacesOf(pool)
  const routes = routesOf(routesUrl, clock)
  const fills = bookingFillsOf(databaseOf(pool))
  const fitter = workInThread<SlotFitAsk, SlotFit>(
    new URL('./recommender-thread.ts', import.meta.url),
  )
  const sources = {
    ...{ book: sale.book, stations: sale.stations, lives: stationLivesOf(pool) },
    ...{ places, rankers, log, clock },
  }
  const ranking = {
    reads: slotReads(sources, heldBriefly(clock, readsHeld)),
    ...{ log, past: pastWindowsOf(pool), routes, clock, ids },
  }
  const fitting = {
    rankers,
    log,
    sources: rankerSourcesOf(pool),
    clock,
    fit: (choices: SlotFitAsk['choices'], seed: number) => fitter.run({ choices, seed }),
  }
  return {
    routes: {
      recommend: (look) => recommendSlots(ranking, { ...look, ...lookOf(look) }),
      onTheWay: (own) => sayOnTheWay({ ...sale, routes, places, rankers, trips }, own),
      feedback: (given) => giveFeedback({ book: sale.book, fills, feedbacks, clock }, given),
      clock,
    },
    operators: {
      counts: feedbacks.counts,
      putPlace: places.put,
      ranker: () => cardOf(rankers),
      clock,
    },
    alternatives: async ({ station, vehicle, grams, driver, windowStart }) => {
      const { vehicleClass } = vehicle
      const wish = { driver, station, vehicleClass, gas: grams, wished: windowStart }
      const slots = await recommendSlots(ranking, { ...wish, cell: undefined, ...insteadOfFull })
      return slots.map(({ start }) => start)
    },
    jobs: {
      joinChoices: () => log.join(clock.now(), joinedPerRun),
      fitSlots: () => fitSlotRanker(fitting),
      async dropFeedback() {
        await trips.dropBefore(before(clock.now(), tripsKept))
        await feedbacks.dropBefore(before(clock.now(), feedbackKept))
      },
    },
    stop: () => fitter.stop(),
  }
}

const insteadOfFull = { kind: 'full', own: 3, others: 0, apart: windowLength } as const

function lookOf({ vehicleClass, wished }: LookFor): Omit<SlotWish, keyof LookFor> {
  const kind = wished === undefined ? 'look' : 'full'
  const apart = wished === undefined ? minutes(30) : windowLength
  return { kind, gas: usualFill[vehicleClass], own: 3, others: 3, apart }
}

/** However often a page asks, the service of routes is asked about a field twice a minute at most. */
const timesHeld = { forMs: seconds(30), most: 1_000 }

function routesOf(url: string | undefined, clock: Clock): RouteProvider | undefined {
  if (url === undefined) return undefined
  const provider = osrmRoutes({ baseUrl: url, deadlineMs: routesWithinMs })
  const ask = (from: Place, to: readonly Place[]) => provider.times(from, to, clock.now())
  return { times: heldBriefly(clock, timesHeld)(ask) }
}

async function cardOf(rankers: SlotRankers): Promise<SlotRankerCard> {
  const [newest, fittedAt] = await Promise.all([rankers.newest(), rankers.newestAt()])
  const { steps, gains, ...told } = newest?.verdict ?? unjudged
  return {
    ...{ version: newest?.version ?? 0, fittedAtMs: fittedAt ?? null, ...told },
    ...{ steps: [...steps], gains: [...gains] },
  }
}
