import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { readGolden } from '@baari/shared/contracts/forecast/model-bundle'
import { fitterOf, type FitJob, type Fitted } from '@baari/shared/domain/forecast/pool/fit-job'
import { trainChallenger } from '@baari/shared/domain/forecast/learning/train-challenger'
import { hours, after } from '@baari/shared/units/time'
import { measureModel } from '../adapters/onnx/measure-model.ts'
import { judgeMeasured } from '../app/forecast/judge-measured.ts'
import { runnableOf } from '../app/forecast/promote-models.ts'
import type { TrainAsk } from '../app/forecast/run-trainings.ts'

/** Models one training fits: eight to choose the scale, six for the quantiles, five at the end. */
const steps = 27
const seed = 1

const { ask } = workerData as { readonly ask: TrainAsk }

let fit: ((job: FitJob) => Fitted) | undefined
const training = trainChallenger(
  {
    ...{ stations: ask.stations, now: ask.now, seed },
    champion: ask.champion && runnableOf(ask.champion),
    facts: {
      // Version, key and end are given when the model is put in service.
      ...{ modelId: ask.id, version: 1, stationScope: [], dataOrigin: 'recorded', keyId: 0 },
      notAfter: after(ask.now, hours(24)),
      hash: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    },
  },
  (set) => (fit = fitterOf(set)),
)
let done = 0
let step = training.next()
while (step.done !== true) {
  const fitted = step.value.flatMap((job) => {
    const one = fit?.(job)
    done += 1
    parentPort?.postMessage({ kind: 'progress', done, steps })
    return one === undefined ? [] : [one]
  })
  step = training.next(fitted)
}
const trained = step.value
const answer = trained.ok
  ? await judgeMeasured(trained.value, { measure: measureModel, readGolden, seed })
  : trained
parentPort?.postMessage({ kind: 'done', answer })
