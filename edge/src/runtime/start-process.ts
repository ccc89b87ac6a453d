import { fork, type ChildProcess } from 'node:child_process'
import { present } from '@baari/shared/faults/assert'

/** Where a process written in TypeScript begins; it inherits no loader either. */
const typescriptProcess = new URL('./typescript-process.mjs', import.meta.url)

/**
 * Starts a module of ours as a process of its own, for work whose memory must not stay with the
 * node. It ends with its parent, however that ends: the channel between them closes.
 * @param data what the module finds by `jobOfProcess`; plain data
 */
export function startProcess(script: URL, data: object): ChildProcess {
  const built = !script.pathname.endsWith('.ts')
  const job = JSON.stringify({ script: script.href, data })
  // What the node was started with holds for its build; a loader of the development does not.
  const execArgv = built ? process.execArgv : []
  return fork(built ? script : typescriptProcess, [job], { execArgv, stdio: 'inherit' })
}

/** What this process was started for. */
export function jobOfProcess<Job>(): Job {
  process.once('disconnect', () => process.exit(1))
  const { data } = JSON.parse(present(process.argv[2], 'job of the process')) as { data: Job }
  return data
}

/** Tells the parent and ends. */
export function reportToParent(said: object): void {
  present(process.send, 'channel to the parent').call(process, said, () => process.exit(0))
}
