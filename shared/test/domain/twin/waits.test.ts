import { describe, expect, it } from 'vitest'
import { longestQueueOf, queueAt, waitsOf } from '../../../src/domain/twin/waits.ts'
import { at, visitsOf } from './day-of-test.ts'

const all = { from: at(0), to: at(1_000) }
const starts = (...minutes: readonly number[]) => Float64Array.from(minutes, (m) => m * 60_000)

describe('waits', () => {
  it('a walk-in waits from its arrival, a booked vehicle from max(arrival, s), a late one apart', () => {
    const visits = visitsOf([0, 3], [2, 3, 10], [12, 3, 10], [25, 3, 10])
    const waits = waitsOf(visits, starts(4, 8, 15, 30), all)
    expect(waits.walkInMean).toBe(4)
    expect(waits.bookedMean).toBe((0 + 3) / 2)
    expect(waits.lateMean).toBe(5)
    expect(waits.allMean).toBe((4 + 0 + 3 + 5) / 4)
    expect(waits.rawMean).toBe((4 + 6 + 3 + 5) / 4)
  })

  it('an overtake is somebody who came later and started earlier', () => {
    const visits = visitsOf([0, 3], [1, 3], [2, 3, 2], [3, 3])
    expect(waitsOf(visits, starts(10, 4, 5, 20), all).overtakes).toBe(2 / 3)
  })

  it('only arrivals of the measured part count', () => {
    const visits = visitsOf([0, 3], [20, 3])
    expect(waitsOf(visits, starts(9, 21), { from: at(10), to: at(30) }).walkInMean).toBe(1)
  })

  it('the queue is who has arrived and not started', () => {
    const visits = visitsOf([0, 3], [1, 3], [2, 3])
    expect(longestQueueOf(visits, starts(0, 3, 6))).toBe(2)
    expect(queueAt(visits, starts(0, 3, 6), [at(0), at(2), at(3), at(6)])).toEqual([0, 2, 1, 0])
  })
})
