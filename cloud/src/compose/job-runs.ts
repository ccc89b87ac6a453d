import type { Clock } from '@baari/shared/runtime/clock'
import { before } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import { databaseOf } from '../adapters/postgres/database.ts'
import { dropExpiredRows } from '../adapters/postgres/expired-rows.ts'
import { learnShows } from '../adapters/postgres/show-odds.ts'
import { stationDays } from '../adapters/postgres/sync/day-store.ts'
import { stationDelaysOf } from '../adapters/postgres/sync/delay-store.ts'
import { stationDigests } from '../adapters/postgres/sync/digest-store.ts'
import { verifyStationText } from '../adapters/sync-http/station-signature.ts'
import { endImpossible } from '../app/bookings/end-impossible.ts'
import { drawLots } from '../app/bookings/lots.ts'
import { runRetimes } from '../app/bookings/retime.ts'
import { runWaitlist } from '../app/bookings/standby.ts'
import { runCuts } from '../app/bookings/supply-cut.ts'
import { sweepBookings } from '../app/bookings/sweep-bookings.ts'
import { checkDays } from '../app/sync/check-days.ts'
import { checkDelays } from '../app/sync/check-delays.ts'
import { provisionalNoShowAfter } from '../domain/booking/sale-rules.ts'
import type { JobRuns } from './jobs.ts'
import type { CloudKeys } from './keys.ts'
import type { SaleParts } from './sale-parts.ts'
import type { StationSide } from './station-side.ts'

export type JobSources = {
  readonly pool: Pool
  readonly clock: Clock
  readonly keys: Pick<CloudKeys, 'keep'>
  readonly sale: SaleParts
  readonly station: Pick<StationSide, 'replayDeferred' | 'keepStreams'>
}

/** What the sides of the forecast, of the messages and of the recommendation run themselves. */
type OtherJob =
  | 'askNightly'
  | 'runTrainings'
  | 'promoteModels'
  | 'watchForecasts'
  | 'deliverMessages'
  | 'joinChoices'
  | 'fitSlots'
  | 'dropFeedback'

/** One turn of each job. */
export function jobRunsOf({
  pool,
  clock,
  keys,
  sale,
  station,
}: JobSources): Omit<JobRuns, OtherJob> {
  const db = databaseOf(pool)
  const verify = verifyStationText
  return {
    countUnmet: () => sale.unmet.count(),
    runWaitlist: () => runWaitlist(sale),
    runRetimes: () => runRetimes(sale),
    endImpossible: () => endImpossible(sale),
    runCuts: () => runCuts(sale),
    drawLots: () => drawLots(sale),
    sweepBookings: () => sweepBookings(sale),
    learnShows: () =>
      learnShows(db, { endedBefore: before(clock.now(), provisionalNoShowAfter), limit: 500 }),
    keepKeys: keys.keep,
    dropExpiredRows: () => dropExpiredRows(db, clock.now()),
    checkDays: () => checkDays({ days: stationDays(pool, stationDigests(pool)), verify }),
    checkDelays: () => checkDelays({ delays: stationDelaysOf(pool), verify }),
    replayDeferred: station.replayDeferred,
    keepStreams: station.keepStreams,
  }
}
