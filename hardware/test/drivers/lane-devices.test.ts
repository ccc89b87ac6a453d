import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { SimulatedBarrier, SimulatedDisplay } from '../../src/simulators/simulated-lane.ts'
import { createMemoryWire } from '../../src/transports/memory-pipe.ts'
import { barrierContract } from '../contracts/barrier.contract.ts'
import { displayContract } from '../contracts/display.contract.ts'
import { turning } from '../rigs/input-module.ts'
import { barrierOn, displayOn } from '../rigs/lane-devices.ts'
import { until } from '../rigs/turn-clock.ts'

function memoryLine() {
  const clock = manualClock()
  const { near, far } = createMemoryWire(clock)
  far.start()
  const context = { clock, log: () => undefined }
  const around = {
    eventually: turning(clock),
    done: <T>(promise: Promise<T>) => until(clock, promise),
    dispose: () => Promise.resolve(),
    plug: (plugged: boolean) => Promise.resolve(near.plug(plugged ? 'open' : 'opening')),
  }
  return { clock, near, far, context, around }
}

displayContract('baari-display on a memory wire', () => {
  const { clock, near, far, context, around } = memoryLine()
  const sign = new SimulatedDisplay(clock)
  sign.attach(far)
  return Promise.resolve(displayOn({ pipe: near, context }, sign, around))
})

barrierContract('baari-barrier on a memory wire', () => {
  const { clock, near, far, context, around } = memoryLine()
  const boom = new SimulatedBarrier(clock)
  boom.attach(far)
  return Promise.resolve(barrierOn({ pipe: near, context }, boom, around))
})

it('L01 a sign nobody speaks to blanks itself after ten seconds', async () => {
  const { clock, near, far, context, around } = memoryLine()
  const sign = new SimulatedDisplay(clock)
  sign.attach(far)
  const { display, dispose } = displayOn({ pipe: near, context }, sign, around)
  await display.start()
  await around.done(display.show({ kind: 'calls', calls: [{ label: 'W-57', position: 3 }] }))
  near.plug('opening')
  clock.advance(millis(9_000))
  expect(sign.page().kind).toBe('calls')
  clock.advance(millis(2_000))
  expect(sign.page()).toEqual({ kind: 'blank' })
  expect(display.shown().quality).toBe('stale')
  await around.done(display.dispose('test over'))
  await dispose()
})
