import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'

const thread = new URL('../../../src/runtime/typescript-thread.mjs', import.meta.url)
const script = new URL('../../support/background-thread.ts', import.meta.url)

/** Nice values of this process's threads: field 19 of proc(5)'s stat, counted after the name. */
function niceOfThreads(): readonly number[] {
  return readdirSync('/proc/self/task').map((tid) => {
    const stat = readFileSync(`/proc/self/task/${tid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
}

it('a background thread steps back and takes no other thread of the process with it', async ({
  skip,
}) => {
  skip(process.platform !== 'linux', 'threads have priorities of their own on Linux only')
  const before = niceOfThreads()
  const worker = new Worker(thread, { workerData: { script: script.href } })
  await new Promise((resolve) => worker.once('message', resolve))
  const now = niceOfThreads()
  expect(now.filter((nice) => nice === 10)).toHaveLength(
    before.filter((nice) => nice === 10).length + 1,
  )
  expect(getPriority(process.pid)).not.toBe(10)
  await worker.terminate()
})
