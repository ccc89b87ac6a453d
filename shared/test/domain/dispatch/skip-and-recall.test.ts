import { describe, expect, it } from 'vitest'
import {
  backInLane,
  isMissing,
  markPresent,
  sweepMissed,
} from '../../../src/domain/dispatch/skip-and-recall.ts'
import type { DispatchState } from '../../../src/domain/dispatch/dispatch-state.ts'
import {
  at,
  begin,
  callAll,
  callOne,
  config,
  end,
  join,
  nameOf,
  no,
  station,
  ticket,
  vehicle,
} from './forecourt.ts'

const sweep = (state: DispatchState, minute: number) =>
  sweepMissed(state, { now: at(minute), config })
const many = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => [from + i, 0] as const)

/** Vehicle 1 was called at minute 0 to the only position and did not come. */
const missedOnce = () => {
  const called = callAll(join(station(1), [1, -5], ...many(11, 8)), 0).state
  return sweep(called, 2.1).state
}

/** Calls, starts and ends the next vehicle: one start. */
function serveNext(state: DispatchState, minute: number): { state: DispatchState; n: number } {
  const { state: called, calls } = callAll(state, minute)
  const first = calls[0]
  if (first === undefined) throw new Error('nobody was called')
  const n = nameOf(first.ticket)
  return { n, state: end(begin(called, n, [minute]), first.position, minute + 0.5) }
}

describe('skip', () => {
  it('after two minutes without the vehicle the next one is called', () => {
    const called = callAll(join(station(1), [1, -5], [2, 0]), 0).state
    expect(sweep(called, 2).skipped).toEqual([])
    const late = sweep(called, 2.1)
    expect(late.skipped).toEqual([ticket(1)])
    expect(callOne(late.state, 2.1).call?.ticket).toBe(ticket(2))
  })

  it('a vehicle seen at the position is never skipped', () => {
    const called = callAll(join(station(1), [1, -5]), 0).state
    expect(sweep(markPresent(called, ticket(1)), 20).skipped).toEqual([])
  })

  it('a staged vehicle has its two minutes from when the position is free', () => {
    const filling = begin(callAll(join(station(1), [99, 0]), 0).state, 99, [0, 4])
    const staged = callAll(join(filling, [1, 1]), 3).state
    expect(sweep(staged, 9).skipped).toEqual([])
    const freed = end(staged, 1, 9)
    expect(sweep(freed, 11).skipped).toEqual([])
    expect(sweep(freed, 11.1).skipped).toEqual([ticket(1)])
  })

  it('the streak of a skipped pick stands: streaks count picks', () => {
    const called = callAll(join(station(1), [1, 0, 0], [11, 0]), 0).state
    expect(sweep(called, 2.1).state.streaks.ngv1).toBe(1)
  })
})

describe('recall', () => {
  it('a vehicle back in the lane is called again after the next two starts', () => {
    let state = markPresent(missedOnce(), ticket(1))
    const order: number[] = []
    for (let i = 0; i < 3; i += 1) {
      const served = serveNext(state, 3 + i)
      state = served.state
      order.push(served.n)
    }
    expect(order).toEqual([11, 12, 1])
  })

  it('one nobody has seen never keeps a free position from a vehicle that waits', () => {
    let state = missedOnce()
    for (let i = 0; i < 8; i += 1) {
      const served = serveNext(state, 3 + i)
      state = served.state
      expect(served.n).not.toBe(1)
    }
    expect(callOne(state, 12).call?.ticket).toBe(ticket(1))
  })

  it('one nobody has seen is recalled behind a running fill, and seen there it is served', () => {
    let state = missedOnce()
    for (const minute of [3, 4]) state = serveNext(state, minute).state
    const filling = begin(callAll(state, 5).state, 13, [5, 7])
    const recalled = callAll(filling, 5.5)
    expect(recalled.calls.map((call) => [nameOf(call.ticket), call.kind])).toEqual([[1, 'staged']])
    const seen = end(markPresent(recalled.state, ticket(1)), 1, 7)
    expect(vehicle(seen, 1).place.kind).toBe('called')
  })

  it('a recalled vehicle still unseen when the position frees does not idle it', () => {
    let state = missedOnce()
    for (const minute of [3, 4]) state = serveNext(state, minute).state
    const filling = begin(callAll(state, 5).state, 13, [5, 7])
    const freed = end(callAll(filling, 5.5).state, 1, 6)
    expect(vehicle(freed, 1).place.kind).toBe('aside')
    expect(callOne(freed, 6).call?.ticket).toBe(ticket(14))
  })

  it('one back in the lane and staged behind a fill is called when the fill ends', () => {
    let state = backInLane(missedOnce(), ticket(1))
    state = serveNext(state, 3).state
    const filling = begin(callAll(state, 4).state, 12, [4, 5])
    const recalled = callAll(filling, 4.5)
    expect(recalled.calls.map((call) => [nameOf(call.ticket), call.kind])).toEqual([[1, 'staged']])
    expect(sweep(recalled.state, 7).skipped).toEqual([])
    const freed = end(recalled.state, 1, 7)
    expect(vehicle(freed, 1).place).toMatchObject({ kind: 'called', position: no(1) })
    // Seen in the lane is not seen at the position: it has its two minutes like everybody.
    expect(sweep(freed, 9).skipped).toEqual([])
    expect(sweep(freed, 9.1).skipped).toEqual([ticket(1)])
  })

  it('one recalled unseen that comes back behind the fill keeps that place', () => {
    let state = missedOnce()
    for (const minute of [3, 4]) state = serveNext(state, minute).state
    const filling = begin(callAll(state, 5).state, 13, [5, 7])
    const recalled = callAll(filling, 5.5).state
    expect(isMissing(vehicle(recalled, 1))).toBe(true)
    const back = backInLane(recalled, ticket(1))
    expect(isMissing(vehicle(back, 1))).toBe(false)
    expect(sweep(back, 8).skipped).toEqual([])
    expect(vehicle(end(back, 1, 8), 1).place).toMatchObject({ kind: 'called', present: false })
  })

  it('missing the recall too, it lets three others go first', () => {
    let state = missedOnce()
    for (const minute of [3, 4]) state = serveNext(state, minute).state
    const filling = begin(callAll(state, 5).state, 13, [5, 7])
    state = markPresent(end(callAll(filling, 5.5).state, 1, 6), ticket(1))
    const order: number[] = []
    for (let i = 0; i < 4; i += 1) {
      const served = serveNext(state, 7 + i)
      state = served.state
      order.push(served.n)
    }
    expect(order).toEqual([14, 15, 16, 1])
  })

  it('when nobody else waits it is called at once: no position idles for the count', () => {
    const called = callAll(join(station(1), [1, -5]), 0).state
    expect(callOne(sweep(called, 2.1).state, 2.1).call?.ticket).toBe(ticket(1))
  })

  it('thirty minutes after the first miss its ticket is closed', () => {
    const state = missedOnce()
    expect(sweep(state, 32).closed).toEqual([])
    const over = sweep(state, 32.2)
    expect(over.closed).toEqual([ticket(1)])
    expect(over.state.vehicles.some(({ ticket: id }) => id === ticket(1))).toBe(false)
  })

  it('every further miss leaves the thirty minutes running from the first', () => {
    let state = callAll(join(station(1), [1, -5]), 0).state
    for (const minute of [2.1, 10, 20]) state = callAll(sweep(state, minute).state, minute).state
    expect(vehicle(state, 1).misses).toEqual({ firstMs: at(2.1), count: 3 })
    expect(sweep(state, 32.2).closed).toEqual([ticket(1)])
  })

  it('a start wipes out earlier misses', () => {
    const called = callAll(markPresent(missedOnce(), ticket(1)), 3).state
    const filling = begin(called, 11, [3])
    expect(filling.vehicles.find(({ ticket: id }) => id === ticket(11))?.misses).toBeUndefined()
    const alone = callAll(sweep(callAll(join(station(1), [1, -5]), 0).state, 2.1).state, 2.1).state
    expect(vehicle(begin(alone, 1, [3]), 1).misses).toBeUndefined()
  })
})
