import { once } from 'node:events'
import { expect, it } from 'vitest'
import { startProcess } from '../../src/runtime/start-process.ts'

it('a process is given its job and ends when the channel to its parent closes', async () => {
  const child = startProcess(new URL('../support/idle-process.ts', import.meta.url), { n: 7 })
  const [said] = (await once(child, 'message')) as [unknown]
  expect(said).toEqual({ n: 7 })
  const ended = once(child, 'exit')
  // What a killed parent does.
  child.disconnect()
  expect(await ended).toEqual([1, null])
})
