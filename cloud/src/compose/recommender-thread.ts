import { parentPort, workerData } from 'node:worker_threads'
import { fitRanker, type MadeChoice } from '@baari/shared/domain/recommend/slots/fit-ranker'

export type SlotFitAsk = { readonly choices: readonly MadeChoice[]; readonly seed: number }
export type SlotFit = ReturnType<typeof fitRanker>

const { ask } = workerData as { readonly ask: SlotFitAsk }
parentPort?.postMessage({ kind: 'done', answer: fitRanker(ask.choices, ask.seed) })
