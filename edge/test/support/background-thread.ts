import { parentPort } from 'node:worker_threads'
import { runInBackground } from '../../src/adapters/system/background-thread.ts'

/** A thread that steps back and stays until it is terminated. */
runInBackground()
parentPort?.on('message', () => undefined)
parentPort?.postMessage('stepped back')
