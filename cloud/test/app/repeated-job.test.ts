import { manualClock } from '@baari/shared/testing/manual-clock'
import { seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { repeatJob } from '../../src/app/repeated-job.ts'

/** Lets the promises of a run settle. */
const settled = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

it('a job runs again after its last end, also after a fault, and not once stopped', async () => {
  const clock = manualClock()
  const faults: unknown[] = []
  let runs = 0
  const stop = repeatJob(clock, {
    name: 'sweep',
    every: seconds(2),
    run: () => {
      runs += 1
      return runs === 1 ? Promise.reject(new Error('away')) : Promise.resolve()
    },
    onFault: (error) => faults.push(error),
  })
  clock.advance(seconds(2))
  await settled()
  clock.advance(seconds(2))
  await settled()
  expect([runs, faults.length]).toEqual([2, 1])
  await stop()
  clock.advance(seconds(20))
  await settled()
  expect([runs, clock.pendingTimers()]).toEqual([2, []])
})
