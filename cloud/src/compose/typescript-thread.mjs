/**
 * First module of a thread written in TypeScript. Node 24 strips types by itself; Node 20 needs tsx,
 * which a thread does not inherit from the process.
 */
import { workerData } from 'node:worker_threads'

if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api')
  register()
}
await import(workerData.script)
