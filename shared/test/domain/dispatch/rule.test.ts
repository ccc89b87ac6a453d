import { describe, expect, it } from 'vitest'
import { newDispatchState, withVehicle } from '../../../src/domain/dispatch/dispatch-state.ts'
import { idleWithQueue } from '../../../src/domain/dispatch/next-call.ts'
import { setService } from '../../../src/domain/dispatch/position-events.ts'
import {
  at,
  begin,
  both,
  callAll,
  callOne,
  end,
  join,
  nameOf,
  no,
  orderOf,
  position,
  station,
  ticket,
  vehicle,
} from './forecourt.ts'

/** Position 1 is filling until minute 10 with vehicle 99. */
const busy = (count = 1) => {
  const first = callAll(join(station(count), [99, -10]), -10).state
  return begin(first, 99, [-10, 10])
}

describe('the rule, step by step', () => {
  it('1: only walk-ins waiting, their head is called', () => {
    const { call } = callOne(join(station(1), [1, 0], [2, 1]), 2)
    expect(call?.ticket).toBe(ticket(1))
    expect(call?.explanation.step).toBe('only-queue')
  })

  it('1: only booked vehicles waiting, their head is called, even before its window', () => {
    const { call } = callOne(join(station(1), [1, 0, 15]), 1)
    expect(call?.ticket).toBe(ticket(1))
    expect(call?.explanation.step).toBe('only-queue')
  })

  it('2: a booked head more than five minutes early lets the walk-in go first', () => {
    const queue = join(station(1), [1, 0, 15], [2, 3])
    expect(callOne(queue, 9.9).call?.ticket).toBe(ticket(2))
    expect(callOne(queue, 9.9).call?.explanation.step).toBe('early-booking')
    expect(callOne(queue, 10).call?.ticket).toBe(ticket(1))
  })

  it('3: two booked, then a walk-in, then two booked again', () => {
    const booked = [1, 2, 3, 4, 5].map((n) => [n, 0, 0] as const)
    const walkIns = [11, 12, 13].map((n) => [n, -5] as const)
    expect(orderOf(join(station(1), ...booked, ...walkIns), 0)).toEqual([1, 2, 11, 3, 4, 12, 5, 13])
  })

  it('3: one to one once the oldest walk-in has waited more than 45 minutes', () => {
    const booked = [1, 2, 3, 4].map((n) => [n, 0, 0] as const)
    const walkIns = [11, 12, 13].map((n) => [n, -46] as const)
    expect(orderOf(join(station(1), ...booked, ...walkIns), 0)).toEqual([1, 11, 2, 12, 3, 13, 4])
  })

  it('3: at exactly 45 minutes the limit is still two', () => {
    const queue = join(station(1), [1, 0, 0], [11, -45])
    expect(callOne(queue, 0).call?.explanation.limit).toBe(2)
    expect(callOne(queue, 0.01).call?.explanation.limit).toBe(1)
  })

  it('any walk-in start ends the streak', () => {
    const queue = join(station(2), [1, 0, 0], [11, -5])
    const first = callOne(queue, 0)
    expect(first.state.streaks.ngv1).toBe(1)
    const second = callOne(first.state, 0)
    expect(second.call?.ticket).toBe(ticket(11))
    expect(second.state.streaks.ngv1).toBe(0)
  })

  it('booked picks while no walk-in waits do not count', () => {
    const queue = join(station(3), [1, 0, 0], [2, 0, 0], [3, 0, 0])
    expect(callAll(queue, 0).state.streaks.ngv1).toBe(0)
  })
})

describe('the order inside a queue', () => {
  it('booked vehicles go by the later of arrival and window start', () => {
    const queue = join(station(1), [1, -4, 5], [2, 1, 0], [3, 0, 0])
    expect(orderOf(queue, 1)).toEqual([3, 2, 1])
  })

  it('walk-ins go by arrival, and equal arrivals by their number', () => {
    const queue = join(station(1), [5, 0], [4, 0], [3, -1])
    expect(orderOf(queue, 1)).toEqual([3, 5, 4])
  })
})

describe('compatibility', () => {
  it('filters: a high-flow bus waits for the position that fits it and holds up nobody', () => {
    const positions = newDispatchState([position(1), position(2, ['ngv2'])])
    const queue = join(
      setService(positions, no(2), 'closed'),
      [1, 0, undefined, { nozzles: ['ngv2'] }],
      [2, 1],
    )
    const { state, calls } = callAll(queue, 2)
    expect(calls.map((call) => nameOf(call.ticket))).toEqual([2])
    const open = callAll(setService(state, no(2), 'open'), 3)
    expect(open.calls.map((call) => [nameOf(call.ticket), call.position])).toEqual([[1, 2]])
  })

  it('never ranks: at a position with both nozzles the rule alone decides', () => {
    const queue = join(
      newDispatchState([position(1, both)]),
      [1, 0],
      [2, 1, undefined, { nozzles: ['ngv2'] }],
    )
    expect(callOne(queue, 2).call?.ticket).toBe(ticket(1))
  })

  it('of several free positions a vehicle takes the most specific, whatever their numbers', () => {
    const positions = newDispatchState([position(1, both), position(2)])
    const { calls } = callAll(join(positions, [1, 0]), 1)
    expect(calls.map((call) => call.position)).toEqual([2])
    const pair = callAll(join(positions, [1, 0], [2, 0, undefined, { nozzles: ['ngv2'] }]), 1)
    expect(pair.calls.map((call) => [nameOf(call.ticket), call.position])).toEqual([
      [1, 2],
      [2, 1],
    ])
  })

  it('an NGV1 position comes before a high-flow one of the same number of nozzles', () => {
    const positions = newDispatchState([position(1, ['ngv2']), position(2)])
    const fitsBoth = { nozzles: both }
    expect(callOne(join(positions, [1, 0, undefined, fitsBoth]), 1).call?.position).toBe(2)
  })

  it('walk-ins of one type cannot use up the turn of another type', () => {
    // Position 1 takes NGV1, position 2 both; a bus waits first of all. Served in this order,
    // one streak for the station would be 1 at every pick of position 2, and the bus would starve.
    const bus = [50, -9, undefined, { nozzles: ['ngv2'] as const }] as const
    const cars = Array.from({ length: 12 }, (_, i) => [100 + i, 0, 0] as const)
    const walkIns = Array.from({ length: 12 }, (_, i) => [200 + i, -5] as const)
    const queue = join(newDispatchState([position(1), position(2, both)]), bus, ...cars, ...walkIns)
    let { state, calls } = callAll(queue, 0)
    const standing = new Map(calls.map((call) => [call.position, nameOf(call.ticket)]))
    const atTwo = [standing.get(no(2))]
    for (const freed of [1, 1, 2, 1, 1, 2, 1, 1, 2].map(no)) {
      const served = end(begin(state, standing.get(freed)!, [0]), freed, 0)
      ;({ state, calls } = callAll(served, 0))
      standing.set(freed, nameOf(calls[0]!.ticket))
      if (freed === 2) atTwo.push(standing.get(freed))
    }
    expect(atTwo.slice(0, 3)).toEqual([101, expect.any(Number), 50])
  })

  it('an idle position with a compatible vehicle waiting is named for the alarm', () => {
    const queue = join(newDispatchState([position(1), position(2, ['ngv2'])]), [1, 0])
    expect(idleWithQueue(queue)).toEqual([1])
    expect(idleWithQueue(callAll(queue, 1).state)).toEqual([])
  })
})

describe('staging', () => {
  it('a vehicle is staged in the last two minutes of a fill and not before', () => {
    const queue = join(busy(), [1, 0])
    expect(callOne(queue, 7.9).call).toBeUndefined()
    const { call } = callOne(queue, 8)
    expect([call?.kind, call?.position]).toEqual(['staged', 1])
  })

  it('nobody is staged behind a fill whose end is not known', () => {
    const filling = begin(callAll(join(station(1), [99, 0]), 0).state, 99, [0])
    expect(callOne(join(filling, [1, 0]), 30).call).toBeUndefined()
  })

  it('idle positions are filled before staging places', () => {
    const { calls } = callAll(join(busy(2), [1, 0], [2, 0]), 9)
    expect(calls.map((call) => [nameOf(call.ticket), call.kind, call.position])).toEqual([
      [1, 'called', 2],
      [2, 'staged', 1],
    ])
  })

  it('staging goes to the position that frees first', () => {
    const called = callAll(join(station(2), [98, 0], [99, 0]), 0).state
    const filling = begin(begin(called, 98, [0, 6]), 99, [0, 5])
    expect(callOne(join(filling, [1, 1]), 4.5).call?.position).toBe(2)
  })

  it('at most one vehicle is staged for a position', () => {
    const { calls } = callAll(join(busy(), [1, 0], [2, 0]), 9)
    expect(calls.length).toBe(1)
  })

  it('the staged vehicle stays with its position although another one frees first', () => {
    const called = callAll(join(station(2), [98, 0], [99, 0]), 0).state
    const filling = begin(begin(called, 98, [0, 5]), 99, [0, 20])
    const staged = callAll(join(filling, [1, 1]), 4).state
    const freed = callAll(end(staged, 2, 4.5), 4.5)
    expect(freed.calls).toEqual([])
    expect(vehicle(end(freed.state, 1, 5), 1).place).toMatchObject({ kind: 'called', position: 1 })
  })

  it('a fault of the position sends the staged and the called vehicle back to their places', () => {
    const staged = callAll(join(busy(), [1, 0], [2, 1]), 9).state
    const back = setService(staged, no(1), 'fault')
    expect(vehicle(back, 1).place.kind).toBe('waiting')
    expect(vehicle(back, 99).place.kind).toBe('filling')
    const again = callOne(setService(end(back, 1, 10), no(1), 'open'), 10)
    expect(again.call?.ticket).toBe(ticket(1))
  })

  it('the streak counts picks: a staged pick counts when it is made', () => {
    const filling = begin(callAll(join(station(1), [99, 0]), 0).state, 99, [0, 2])
    const { state } = callOne(join(filling, [1, 0, 0], [11, 0]), 1)
    expect(state.streaks.ngv1).toBe(1)
    expect(vehicle(state, 1).place.kind).toBe('staged')
  })
})

describe('explanation', () => {
  it('every call carries step, streak, limit, both heads with their ages, and the version', () => {
    const queue = join(station(1), [1, 0, 0], [2, 1, 5], [11, -50], [12, -3])
    const { call } = callOne({ ...queue, streaks: { ngv1: 1, ngv2: 0 } }, 2)
    expect(call?.explanation).toEqual({
      step: 'walk-in-turn',
      atMs: at(2),
      position: 1,
      streak: 1,
      limit: 1,
      bookedHead: { ticket: ticket(1), waitedMs: 120_000, windowStart: at(0) },
      walkInHead: { ticket: ticket(11), waitedMs: 52 * 60_000 },
      oldestWalkInWaitMs: 52 * 60_000,
      waitingBooked: 2,
      waitingWalkIn: 2,
      configVersion: 1,
    })
  })

  it('vehicles a position cannot serve are not in its explanation', () => {
    const queue = join(station(1), [1, 0], [2, -9, undefined, { nozzles: ['ngv2'] }])
    expect(callOne(queue, 1).call?.explanation.walkInHead?.ticket).toBe(ticket(1))
    expect(callOne(queue, 1).call?.explanation.waitingWalkIn).toBe(1)
  })

  it('nobody waiting is no call and the same state', () => {
    const queue = station(2)
    expect(callOne(queue, 0)).toEqual({ state: queue })
    const gone = withVehicle(join(queue, [1, 0]), ticket(1), () => undefined)
    expect(callOne(gone, 0).call).toBeUndefined()
  })
})
