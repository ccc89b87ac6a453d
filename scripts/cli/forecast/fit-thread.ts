import { parentPort, workerData } from 'node:worker_threads'
import { fitterOf, type FitJob, type Fitted } from '@baari/shared/domain/forecast/pool/fit-job'
import type { RowSet } from '@baari/shared/domain/forecast/pool/training-set'

/** What the thread is started with, and what passes between it and the command. */
export type FitThreadData = { readonly script: string; readonly training: RowSet }
export type FitAsk = { readonly place: number; readonly job: FitJob }
export type FitReply = { readonly place: number; readonly fitted: Fitted }

const { training } = workerData as FitThreadData
const fit = fitterOf(training)

parentPort?.on('message', ({ place, job }: FitAsk) => {
  parentPort?.postMessage({ place, fitted: fit(job) } satisfies FitReply)
})
