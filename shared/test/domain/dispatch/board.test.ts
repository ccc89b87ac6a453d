import { describe, expect, it } from 'vitest'
import { boardOf } from '../../../src/domain/dispatch/board.ts'
import { at, callAll, config, join, nameOf, orderOf, station } from './forecourt.ts'

const board = (state: ReturnType<typeof station>, minute: number, count = 12) =>
  boardOf(state, { now: at(minute), config }, count)

describe('the board', () => {
  const booked = [1, 2, 3, 4].map((n) => [n, 0, 0] as const)
  const walkIns = [11, 12, 13].map((n) => [n, -5] as const)
  const queue = join(station(1), ...booked, ...walkIns)

  it('shows the vehicles in the order in which they are then called', () => {
    expect(board(queue, 0).next.map(nameOf)).toEqual(orderOf(queue, 0))
  })

  it('shows no more than it was asked for, and nobody who was called already', () => {
    expect(board(queue, 0, 3).next.map(nameOf)).toEqual([1, 2, 11])
    expect(board(callAll(queue, 0).state, 0, 2).next.map(nameOf)).toEqual([2, 11])
  })

  it('shows the rhythm: streak, limit and the longest wait of a walk-in', () => {
    const { state } = callAll(queue, 0)
    expect(board(state, 1).rule).toEqual({ streak: 1, limit: 2, oldestWalkInWaitMs: 6 * 60_000 })
    expect(board(state, 41).rule.limit).toBe(1)
  })

  it('of an empty queue shows no waits', () => {
    expect(board(station(1), 0)).toEqual({
      rule: { streak: 0, limit: 2, oldestWalkInWaitMs: null },
      next: [],
    })
  })
})
