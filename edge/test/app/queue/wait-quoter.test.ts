import { manualClock } from '@baari/shared/testing/manual-clock'
import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { minutes, seconds } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { fullPace, quoteWaits } from '../../../src/app/queue/quote-waits.ts'
import { startWaitQuoter } from '../../../src/app/queue/wait-quoter.ts'
import { asha, bothClosed, bothFree, stationWorld } from '../../support/station-world.ts'

it('the stored wait follows the queue, a fault skips one round, and stopping ends it', async () => {
  const world = await stationWorld()
  await world.run('queue.dispatch', { positions: bothFree })
  const clock = manualClock()
  const faults: unknown[] = []
  let broken = false
  const quoter = startWaitQuoter({
    ledger: world.ledger,
    clock,
    quote: (facts) =>
      broken
        ? Promise.reject(new Error('thread'))
        : Promise.resolve(quoteWaits(facts, seededPrng(1))),
    pace: () => fullPace,
    onFault: (error) => faults.push(error),
  })
  const stored = () => world.db.prepare('SELECT median_ms FROM wait_quote').pluck().all()
  const roundDone = () => expect.poll(() => clock.pendingTimers()).toEqual(['next wait quote'])
  await roundDone()
  expect(stored()).toEqual([0, 0, 0, 0])
  for (let n = 0; n < 6; n += 1) {
    await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions: bothClosed })
  }
  await world.run('queue.dispatch', { positions: bothFree })
  broken = true
  clock.advance(seconds(5))
  await roundDone()
  expect(faults).toHaveLength(1)
  broken = false
  clock.advance(seconds(5))
  await roundDone()
  expect(Math.min(...(stored() as number[]))).toBeGreaterThan(0)
  quoter.stop()
  expect(clock.pendingTimers()).toEqual([])
})

it('X07 a bank below its minimum is told to the queue, and short gas makes every wait longer', async () => {
  const world = await stationWorld()
  for (let n = 0; n < 6; n += 1) {
    await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions: bothClosed })
  }
  await world.run('queue.dispatch', { positions: bothFree })
  const facts = await world.run('queue.waitFacts', {})
  const medianOf = (pace = fullPace) =>
    quoteWaits({ ...facts, pace }, seededPrng(1)).find(
      ({ vehicleClass }) => vehicleClass === 'auto',
    )?.medianMs ?? 0
  const usual = medianOf()
  expect(usual).toBeGreaterThan(0)
  expect(medianOf({ ...fullPace, refillIn: minutes(30) })).toBe(usual + minutes(30))
  expect(medianOf({ ...fullPace, servicePermille: 2000 })).toBeGreaterThan(1.5 * usual)
})
