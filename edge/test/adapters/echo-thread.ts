import { parentPort } from 'node:worker_threads'

/** Answers every text but two: one kills the thread, one is never answered. */
parentPort?.on('message', (text: string) => {
  if (text === 'die') process.exit(3)
  if (text !== 'silence') parentPort?.postMessage(`echo ${text}`)
})
