import {
  forecastReport,
  modelCards,
  training,
  trainings,
  type ForecastReport,
  type ModelCard,
  type Training,
} from '@baari/shared/contracts/http/forecast-api'
import { err, ok } from '@baari/shared/faults/result'
import type { DemandTarget } from '@baari/shared/domain/forecast/serving/station-demand'
import { jsonPost, read, write, type Answer } from './sync-client.ts'

export const forecastClient = {
  /** Null where the cloud has no forecasts of the station yet. */
  async report(station: number, target: DemandTarget): Answer<ForecastReport | null> {
    const answer = await read(
      `/v1/forecast/report?station=${station}&target=${target}`,
      forecastReport,
    )
    if (answer.ok) return answer
    return answer.error === 'unknown_address' ? ok(null) : err(answer.error)
  },
  models: async (): Answer<readonly ModelCard[]> => {
    const answer = await read('/v1/forecast/models', modelCards)
    return answer.ok ? ok(answer.value.models) : answer
  },
  trainings: async (): Answer<readonly Training[]> => {
    const answer = await read('/v1/forecast/trainings', trainings)
    return answer.ok ? ok(answer.value.trainings) : answer
  },
  retrain: (): Answer<Training> => read('/api/retrain-model', training, jsonPost({})),
  rollBack: (version: number): Answer<null> => write('/v1/forecast/rollback', { version }),
}
