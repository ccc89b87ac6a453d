import { parentPort, workerData } from 'node:worker_threads'
import { present } from '@baari/shared/faults/assert'
import type { SimOptions } from './options.ts'
import { runSeed } from './run-seed.ts'

/** Runs the seeds it is given, one after another. */
const { options } = workerData as { readonly options: SimOptions }
const port = present(parentPort, 'parent port of a seed thread')
port.on('message', (seed: number) => {
  runSeed(options, seed).then(
    (done) => port.postMessage(done),
    (error: unknown) => {
      throw error
    },
  )
})
