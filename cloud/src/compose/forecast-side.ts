import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import type { ForecastRoutes } from '../adapters/http/routes/forecast-models.ts'
import { eventDaysOf } from '../adapters/postgres/event-days.ts'
import { forecastReadingOf } from '../adapters/postgres/forecast-reading.ts'
import { forecastWatchOf } from '../adapters/postgres/forecast-watch.ts'
import { unmetRequestsOf } from '../adapters/postgres/unmet-requests.ts'
import { forecastReport } from '../app/forecast/forecast-report.ts'
import { forecastModelsOf } from '../adapters/postgres/forecast-models.ts'
import { trainingsOf } from '../adapters/postgres/trainings.ts'
import type { ModelRoutesDeps } from '../adapters/sync-http/model-routes.ts'
import { offerModel } from '../app/forecast/offer-model.ts'
import { promoteModels, rollBack } from '../app/forecast/promote-models.ts'
import {
  askNightly,
  runTrainings,
  type TrainAsk,
  type Trained,
} from '../app/forecast/run-trainings.ts'
import { watchForecasts, type WatchDeps } from '../app/forecast/watch-forecasts.ts'
import type { ScoreAsk, Scores } from '../ports/forecast-watch.ts'
import type { CloudSigner } from '../ports/signing-keys.ts'
import type { JobRuns } from './jobs.ts'
import { workInThread } from './work-in-thread.ts'

type ForecastJob = 'askNightly' | 'runTrainings' | 'promoteModels' | 'watchForecasts'

export type ForecastSide = {
  readonly routes: ForecastRoutes
  readonly offer: ModelRoutesDeps['offer']
  readonly jobs: Pick<JobRuns, ForecastJob>
  /** Ends a running training; it is taken up again later. */
  stop(): Promise<void>
}

/** Training, promotion and the way of a model to the stations. */
export function forecastSide(parts: {
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly signer: CloudSigner
  readonly tell: WatchDeps['tell']
}): ForecastSide {
  const { pool, clock, ids, signer, tell } = parts
  const models = forecastModelsOf(pool, unmetRequestsOf(pool, clock))
  const trainings = trainingsOf(pool, clock)
  const eventDays = eventDaysOf(pool)
  const trainer = workInThread<TrainAsk, Trained>(new URL('./training-thread.ts', import.meta.url))
  const scorer = workInThread<ScoreAsk, Scores>(new URL('./scoring-thread.ts', import.meta.url))
  const training = { models, trainings, clock, ids, train: trainer.run }
  const serving = { models, signer, clock }
  const watching = { watch: forecastWatchOf(pool), trainings, ids, score: scorer.run, tell }
  const reading = forecastReadingOf(pool)
  return {
    routes: {
      askTraining: (by) => trainings.ask(by, ids.uuid()),
      training: (id) => trainings.byId(id),
      trainings: () => trainings.latest(),
      cards: () => models.cards(),
      report: (ask) => forecastReport({ reading, eventDays, clock }, ask),
      markEventDay: (day) => eventDays.mark({ ...day, at: clock.now() }),
      unmarkEventDay: (day) => eventDays.unmark(day),
      rollBack: (to) => rollBack(serving, to),
    },
    offer: (ask) => offerModel(serving, ask),
    jobs: {
      askNightly: () => askNightly(training),
      runTrainings: () => runTrainings(training),
      promoteModels: () => promoteModels(serving),
      watchForecasts: () => watchForecasts({ ...serving, ...watching }),
    },
    async stop() {
      await Promise.all([trainer.stop(), scorer.stop()])
    },
  }
}
