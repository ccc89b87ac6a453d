import type {
  Challenger,
  TrainingNo,
} from '@baari/shared/domain/forecast/learning/train-challenger'
import type { StationHistory } from '@baari/shared/domain/forecast/learning/weeks-of-models'
import type { Result } from '@baari/shared/faults/result'
import type { IdSource } from '@baari/shared/runtime/chance'
import type { Clock } from '@baari/shared/runtime/clock'
import { istDay } from '@baari/shared/units/ist-calendar'
import { before, hours, type Instant } from '@baari/shared/units/time'
import type { ForecastModels, ServedModel, Trainings } from '../../ports/forecast-models.ts'

/** All a thread needs to train and judge one model. */
export type TrainAsk = {
  readonly id: string
  readonly stations: readonly StationHistory[]
  readonly now: Instant
  readonly champion: Pick<ServedModel, 'manifest' | 'model'> | undefined
}

export type Trained = Result<Challenger, TrainingNo>

export type Train = (ask: TrainAsk, told: (done: number, steps: number) => void) => Promise<Trained>

export type TrainingDeps = {
  readonly models: ForecastModels
  readonly trainings: Trainings
  readonly clock: Pick<Clock, 'now'>
  readonly ids: IdSource
  /** In a thread of its own: minutes of the processor. */
  readonly train: Train
}

/** Four weeks of hold-out, and half a year to learn from. */
const historyTime = hours(24 * 210)

/** Asks for a training in the first look of each night; one that is open serves. */
export async function askNightly({ trainings, clock, ids }: TrainingDeps): Promise<void> {
  const newest = await trainings.newest()
  const night = istDay(before(clock.now(), hours(2)))
  if (newest !== undefined && istDay(before(newest, hours(2))) >= night) return
  await trainings.ask('nightly', ids.uuid())
}

/** Carries out the training that waits, if any; a failure is kept with it and the next night comes. */
export async function runTrainings(deps: TrainingDeps): Promise<void> {
  const { models, trainings, clock, ids } = deps
  const claimed = await trainings.claim()
  if (claimed === undefined) return
  try {
    const now = clock.now()
    const stations = await models.histories(before(now, historyTime))
    const champion = await models.inService()
    const ask = { id: ids.uuid(), stations, now, champion }
    const trained = await deps.train(ask, (done, steps) => {
      // Only shown: a figure that is lost is followed by the next one.
      trainings.progress(claimed.id, done, steps).catch(() => undefined)
    })
    if (!trained.ok) return await trainings.end(claimed.id, { reason: trained.error.code })
    const { bundle, verdict, notes } = trained.value
    const { manifest, model, golden } = bundle
    const version = await models.add({
      ...{ id: manifest.modelId, manifest, model, golden, verdict, notes, trainedAt: now },
    })
    await trainings.end(claimed.id, { version })
  } catch (error) {
    await trainings.end(claimed.id, { reason: String(error).slice(0, 400) })
    throw error
  }
}
