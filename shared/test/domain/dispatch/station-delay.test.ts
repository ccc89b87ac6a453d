import { describe, expect, it } from 'vitest'
import { raisedDelay } from '../../../src/domain/dispatch/station-delay.ts'
import { minutes } from '../../../src/units/time.ts'
import { at, config, join, station, type Visit } from './forecourt.ts'

const moment = { now: at(0), config, meanService: minutes(4) }
const booked = (count: number): readonly Visit[] =>
  Array.from({ length: count }, (_, i) => [i + 1, 0, 0] as const)
const delayIn = (queue: Parameters<typeof raisedDelay>[0], current = 0) =>
  raisedDelay(queue, minutes(current), moment) / 60_000

describe('the delay a station announces', () => {
  it('none while the last booked vehicle will start inside its promise', () => {
    expect(delayIn(station(2))).toBe(0)
    expect(delayIn(join(station(2), ...booked(3)))).toBe(0)
  })

  it('in steps of five minutes, by the forecast start of the next window', () => {
    // Eleven to go before the next window at one start in two minutes: 24 min for a promise of 8.
    expect(delayIn(join(station(2), ...booked(11)))).toBe(20)
  })

  it('walk-ins that wait take every third start', () => {
    const queue = join(station(2), ...booked(5))
    expect(delayIn(queue)).toBe(5)
    expect(delayIn(join(queue, [99, 0]))).toBe(10)
  })

  it('it is never lowered, and the same queue seen again does not raise it', () => {
    const queue = join(station(2), ...booked(11))
    expect(delayIn(station(2), 15)).toBe(15)
    expect(delayIn(queue, delayIn(queue))).toBe(20)
  })
})
