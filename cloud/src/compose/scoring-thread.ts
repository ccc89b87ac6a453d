import { parentPort, workerData } from 'node:worker_threads'
import { scoreStation } from '@baari/shared/domain/forecast/learning/score-station'
import { inputsNow } from '@baari/shared/domain/forecast/learning/watched-inputs'
import { runnableOf } from '../app/forecast/promote-models.ts'
import type { ScoreAsk, Scores } from '../ports/forecast-watch.ts'

const { ask } = workerData as { readonly ask: ScoreAsk }
const { stations, today, inputs } = ask

const model = ask.model && runnableOf(ask.model)
const scored = stations.map((history) => scoreStation(history, { model, today }))
const answer: Scores = {
  days: scored.flatMap(({ days }) => days),
  inputs: inputsNow(
    inputs,
    scored.flatMap((one) => (one.inputs === undefined ? [] : [one.inputs])),
  ),
}
parentPort?.postMessage({ kind: 'done', answer })
