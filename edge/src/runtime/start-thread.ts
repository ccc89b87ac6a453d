import { Worker } from 'node:worker_threads'

/** Where a thread written in TypeScript begins, because it inherits no loader. */
const typescriptThread = new URL('./typescript-thread.mjs', import.meta.url)

/**
 * Starts a module of ours as a thread. Of the built node it is JavaScript and runs as it is; in
 * development and tests it is TypeScript and a first module sees to that (ADR 25).
 * @param data what the module finds in `workerData`; `script` is added to it
 */
export function startThread(script: URL, data: object = {}): Worker {
  const workerData = { ...data, script: script.href }
  return new Worker(script.pathname.endsWith('.ts') ? typescriptThread : script, { workerData })
}
