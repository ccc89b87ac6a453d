import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Where a thread written in TypeScript begins, because it inherits no loader. */
const typescriptThread = new URL('./typescript-thread.mjs', import.meta.url)

/**
 * Starts a module of ours as a thread. Of the built node it is JavaScript and runs as it is; in
 * development and tests it is TypeScript and a first module sees to that (ADR 25).
 * @param data what the module finds in `workerData`; `script` is added to it
 * @param oldSpaceMb bound of its heap, for a thread that may end and begin anew; half of it is where
 *   its first whole collection comes, which the engine otherwise puts off for hundreds of MB
 */
export function startThread(script: URL, data: object = {}, oldSpaceMb?: number): Worker {
  const built = !script.pathname.endsWith('.ts')
  const options: WorkerOptions = { workerData: { ...data, script: script.href } }
  // A loader in the same thread has needs of its own.
  if (built && oldSpaceMb !== undefined)
    options.resourceLimits = { maxOldGenerationSizeMb: oldSpaceMb }
  return new Worker(built ? script : typescriptThread, options)
}
