import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import type { ForecastRoutes } from '../adapters/http/routes/forecast-models.ts'
import { forecastModelsOf } from '../adapters/postgres/forecast-models.ts'
import { trainingsOf } from '../adapters/postgres/trainings.ts'
import type { ModelRoutesDeps } from '../adapters/sync-http/model-routes.ts'
import { offerModel } from '../app/forecast/offer-model.ts'
import { promoteModels, rollBack } from '../app/forecast/promote-models.ts'
import { askNightly, runTrainings } from '../app/forecast/run-trainings.ts'
import type { CloudSigner } from '../ports/signing-keys.ts'
import type { JobRuns } from './jobs.ts'
import { trainInThread } from './train-in-thread.ts'

export type ForecastSide = {
  readonly routes: ForecastRoutes
  readonly offer: ModelRoutesDeps['offer']
  readonly jobs: Pick<JobRuns, 'askNightly' | 'runTrainings' | 'promoteModels'>
  /** Ends a running training; it is taken up again later. */
  stop(): Promise<void>
}

/** Training, promotion and the way of a model to the stations. */
export function forecastSide(parts: {
  readonly pool: Pool
  readonly clock: Clock
  readonly ids: IdSource
  readonly signer: CloudSigner
}): ForecastSide {
  const { pool, clock, ids, signer } = parts
  const models = forecastModelsOf(pool)
  const trainings = trainingsOf(pool, clock)
  const threads = trainInThread()
  const training = { models, trainings, clock, ids, train: threads.train }
  const serving = { models, signer, clock }
  return {
    routes: {
      askTraining: (by) => trainings.ask(by, ids.uuid()),
      training: (id) => trainings.byId(id),
      cards: () => models.cards(),
      rollBack: (to) => rollBack(serving, to),
    },
    offer: (ask) => offerModel(serving, ask),
    jobs: {
      askNightly: () => askNightly(training),
      runTrainings: () => runTrainings(training),
      promoteModels: () => promoteModels(serving),
    },
    stop: () => threads.stop(),
  }
}
