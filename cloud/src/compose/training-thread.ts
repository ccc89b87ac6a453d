import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { fitterOf, type FitJob, type Fitted } from '@baari/shared/domain/forecast/pool/fit-job'
import {
  trainChallenger,
  type Challenger,
  type TrainingNo,
} from '@baari/shared/domain/forecast/learning/train-challenger'
import type { Result } from '@baari/shared/faults/result'
import { hours, after } from '@baari/shared/units/time'
import { runnableOf } from '../app/forecast/promote-models.ts'
import type { TrainAsk } from '../app/forecast/run-trainings.ts'

export type TrainingWord =
  | { readonly kind: 'progress'; readonly done: number; readonly steps: number }
  | { readonly kind: 'done'; readonly trained: Result<Challenger, TrainingNo> }

/** Models one training fits: eight to choose the scale, six for the quantiles, five at the end. */
const steps = 27
const seed = 1

const { ask } = workerData as { readonly ask: TrainAsk }
const say = (word: TrainingWord): void => parentPort?.postMessage(word)

/** The least of some runs: what else the machine does only ever makes it longer. */
function timed(work: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
  return Math.min(...times)
}

let fit: ((job: FitJob) => Fitted) | undefined
const training = trainChallenger(
  {
    ...{ stations: ask.stations, now: ask.now, seed, timed },
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
    say({ kind: 'progress', done, steps })
    return one === undefined ? [] : [one]
  })
  step = training.next(fitted)
}
say({ kind: 'done', trained: step.value })
