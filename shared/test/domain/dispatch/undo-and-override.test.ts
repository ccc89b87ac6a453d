import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptAtPosition } from '../../../src/domain/dispatch/accept-at-position.ts'
import { vehicleOf, type DispatchState } from '../../../src/domain/dispatch/dispatch-state.ts'
import { overrideCall } from '../../../src/domain/dispatch/override-call.ts'
import {
  endFill,
  interruptFill,
  leaveQueue,
  setService,
} from '../../../src/domain/dispatch/position-events.ts'
import { markPresent } from '../../../src/domain/dispatch/skip-and-recall.ts'
import { undoCall } from '../../../src/domain/dispatch/undo-call.ts'
import { anyHappenings, anyStation, live, newDay } from './any-day.ts'
import {
  at,
  begin,
  callAll,
  callOne,
  config,
  end,
  join,
  no,
  orderOf,
  station,
  ticket,
  vehicle,
} from './forecourt.ts'

const undo = (state: DispatchState, n: number, minute: number) =>
  undoCall(state, ticket(n), { now: at(minute), config })
const undone = (state: DispatchState, n: number, minute: number): DispatchState => {
  const result = undo(state, n, minute)
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

describe('undo', () => {
  const queue = join(station(2), [1, 0, 0], [2, 0, 0], [11, -5])

  it('puts the vehicle back in its place and restores the streak', () => {
    const called = callOne(queue, 0).state
    expect(undone(called, 1, 0.5)).toEqual(queue)
  })

  it('of an earlier call leaves the later ones counted', () => {
    const called = callAll(queue, 0).state
    const back = undone(called, 1, 0.5)
    expect(back.streaks.ngv1).toBe(1)
    expect(back.picks).toBe(1)
    expect(vehicle(back, 2).place.kind).toBe('called')
    expect(callOne(back, 0.5).call?.ticket).toBe(ticket(1))
  })

  it('of a walk-in call gives the walk-in its turn back', () => {
    const called = callOne({ ...queue, streaks: { ngv1: 2, ngv2: 0 } }, 0)
    expect(called.call?.ticket).toBe(ticket(11))
    expect(undone(called.state, 11, 0.5).streaks.ngv1).toBe(2)
  })

  it('works for sixty seconds and no longer', () => {
    const called = callOne(queue, 0).state
    expect(undo(called, 1, 1).ok).toBe(true)
    expect(undo(called, 1, 1.01)).toMatchObject({ error: { code: 'undo_too_late' } })
  })

  it('is over with the first gram', () => {
    const filling = begin(callOne(queue, 0).state, 1, [0.2])
    expect(undo(filling, 1, 0.3)).toMatchObject({ error: { code: 'undo_after_gas' } })
  })

  it('of a vehicle that was not called, or is not there, is refused', () => {
    expect(undo(queue, 1, 0)).toMatchObject({ error: { code: 'ticket_not_waiting' } })
    expect(undo(queue, 77, 0)).toMatchObject({ error: { code: 'ticket_unknown' } })
  })

  it('of an interrupted fill that was called again keeps it at the head of the line', () => {
    const filling = begin(callOne(queue, 0).state, 1, [0])
    const broken = interruptFill(filling, no(1), { now: at(1), config })
    const called = callOne(broken, 1)
    expect(called.call?.explanation.step).toBe('head-of-line')
    expect(undone(called.state, 1, 1.5)).toEqual(broken)
  })
})

describe('interrupted fill', () => {
  it('goes on at the head of the line, before both queues, once', () => {
    const queue = join(station(1), [11, -40], [12, -50], [1, 0, 0])
    const first = begin(callAll(join(station(1), [5, -1]), -1).state, 5, [-1])
    let state: DispatchState = { ...first, vehicles: [...first.vehicles, ...queue.vehicles] }
    state = interruptFill(state, no(1), { now: at(1), config })
    const again = callOne(state, 1)
    expect(again.call?.ticket).toBe(ticket(5))
    const second = interruptFill(begin(again.state, 5, [1]), no(1), { now: at(2), config })
    expect(callOne(second, 2).call?.ticket).not.toBe(ticket(5))
  })

  it('its restart changes no streak: the fill was counted when it began', () => {
    const filling = begin(callAll(join(station(1), [1, 0, 0]), 0).state, 1, [0])
    const broken = join(interruptFill(filling, no(1), { now: at(1), config }), [11, 0])
    const streaks = { ngv1: 2, ngv2: 0 }
    expect(callOne({ ...broken, streaks }, 1).state.streaks).toEqual(streaks)
  })

  it('a position fault before the restart does not cost it the head of the line', () => {
    const filling = begin(callAll(join(station(2), [1, 0], [2, 0]), 0).state, 1, [0])
    const broken = interruptFill(filling, no(1), { now: at(1), config })
    const called = callOne(broken, 1)
    const faulted = setService(called.state, no(1), 'fault')
    expect(vehicle(faulted, 1).headOfLineMs).toBe(at(1))
  })
})

describe('override', () => {
  const queue = join(station(1), [1, 0, 0], [11, -5], [12, -1])
  const choose = (state: DispatchState, n: number, position = 1) =>
    overrideCall(state, { ticket: ticket(n), position: no(position), now: at(1), config })

  it('calls the chosen vehicle and never changes a streak', () => {
    const streaks = { ngv1: 1, ngv2: 0 }
    const result = choose({ ...queue, streaks }, 12)
    expect(result).toMatchObject({
      value: {
        call: {
          ticket: ticket(12),
          explanation: { step: 'override', walkInHead: { ticket: ticket(11) } },
        },
        state: { streaks },
      },
    })
  })

  it('can be undone like any call', () => {
    const result = choose(queue, 12)
    expect(result.ok && undone(result.value.state, 12, 1.5)).toEqual(queue)
  })

  it('is refused for a taken, closed or unfit position and for a vehicle that does not wait', () => {
    const called = callAll(queue, 0).state
    expect(choose(markPresent(called, ticket(1)), 11)).toMatchObject({
      error: { code: 'position_busy' },
    })
    expect(choose(called, 1)).toMatchObject({ error: { code: 'ticket_not_waiting' } })
    expect(choose(queue, 77)).toMatchObject({ error: { code: 'ticket_unknown' } })
    expect(choose(queue, 11, 9)).toMatchObject({ error: { code: 'position_unavailable' } })
    const closed = setService(queue, no(1), 'closed')
    expect(choose(closed, 11)).toMatchObject({ error: { code: 'position_unavailable' } })
  })

  it('names the heads it goes past, never the vehicle itself', () => {
    const alone = choose(join(station(1), [12, -1]), 12)
    expect(alone.ok && alone.value.call.explanation).toMatchObject({
      waitingWalkIn: 0,
      oldestWalkInWaitMs: null,
    })
    expect(alone.ok && 'walkInHead' in alone.value.call.explanation).toBe(false)
    const past = choose(queue, 11)
    expect(past).toMatchObject({
      value: { call: { explanation: { walkInHead: { ticket: ticket(12) }, waitingBooked: 1 } } },
    })
  })

  it('a vehicle called there and not yet seen goes back to its place, its call uncounted', () => {
    const called = callAll(queue, 0).state
    expect(called.streaks.ngv1).toBe(1)
    const result = choose(called, 12)
    expect(result).toMatchObject({
      value: { displaced: ticket(1), call: { kind: 'called', position: no(1) } },
    })
    if (!result.ok) throw new Error(result.error.code)
    const { state } = result.value
    expect(state.streaks).toEqual(queue.streaks)
    expect(vehicle(state, 1).place.kind).toBe('waiting')
    expect(undone(state, 12, 1.5)).toEqual(queue)
  })

  it('displaces a call too old for an undo and leaves the streaks as they are', () => {
    const called = callAll(queue, -1).state
    const result = choose(called, 12)
    expect(result).toMatchObject({ value: { displaced: ticket(1) } })
    expect(result.ok && result.value.state.streaks).toEqual(called.streaks)
  })

  it('while gas flows the vehicle is staged behind the fill, before the one staged there', () => {
    const filling = begin(callOne(queue, 0).state, 1, [0.2, 9])
    const next = choose(filling, 12)
    expect(next).toMatchObject({ value: { call: { kind: 'staged' } } })
    expect(next.ok && 'displaced' in next.value).toBe(false)
    const staged = callAll(begin(callOne(queue, 0).state, 1, [0.2, 2]), 0.5).state
    expect(vehicle(staged, 11).place.kind).toBe('staged')
    const before = choose(staged, 12)
    expect(before).toMatchObject({ value: { displaced: ticket(11), call: { kind: 'staged' } } })
    const ended = before.ok && endFill(before.value.state, no(1), { now: at(2), config })
    expect(ended && vehicle(ended, 12).place).toMatchObject({ kind: 'called', position: no(1) })
  })

  it('on any day it costs nobody a streak, gives a place to one, and can be undone', () => {
    let made = 0
    fc.assert(
      fc.property(anyStation, anyHappenings, (start, happenings) => {
        const day = newDay(start)
        for (const happened of happenings) live(day, happened)
        const { state, now } = day
        for (const one of state.vehicles) {
          for (const { no: position } of state.positions) {
            const result = overrideCall(state, { ticket: one.ticket, position, now, config })
            if (!result.ok) continue
            made += 1
            const { state: after, displaced } = result.value
            const back = displaced && undoCall(state, displaced, { now, config })
            expect(after.streaks).toEqual(back?.ok ? back.value.streaks : state.streaks)
            const there = after.vehicles.filter(
              ({ place }) => place.kind === result.value.call.kind && place.position === position,
            )
            expect(there.map((vehicle_) => vehicle_.ticket)).toEqual([one.ticket])
            const taken = undoCall(after, one.ticket, { now, config })
            expect(taken.ok && vehicleOf(taken.value, one.ticket)).toEqual(one)
            expect(taken.ok && taken.value.streaks).toEqual(after.streaks)
          }
        }
      }),
      { numRuns: 100 },
    )
    expect(made).toBeGreaterThan(0)
  })
})

describe('leaving', () => {
  it('a vehicle that waits, is called or is staged may leave; one that fills ends its fill', () => {
    const called = callAll(join(station(1), [1, 0], [2, 0]), 0).state
    expect(leaveQueue(called, ticket(2)).ok).toBe(true)
    const left = leaveQueue(called, ticket(1))
    expect(left.ok && callOne(left.value, 1).call?.ticket).toBe(ticket(2))
    const filling = begin(called, 1, [0])
    expect(leaveQueue(filling, ticket(1))).toMatchObject({ error: { code: 'ticket_not_waiting' } })
    expect(leaveQueue(filling, ticket(9))).toMatchObject({ error: { code: 'ticket_unknown' } })
  })

  it('the end of a fill at a position where nothing fills changes nothing', () => {
    const queue = join(station(1), [1, 0])
    expect(endFill(queue, no(1), { now: at(1), config })).toBe(queue)
    expect(interruptFill(queue, no(1), { now: at(1), config })).toBe(queue)
    expect(orderOf(end(queue, 1, 1), 1)).toEqual([1])
  })
})

describe('R14: who may use a position', () => {
  const group = 'fleet-7'
  const called = callAll(join(station(2), [1, 0, undefined, { group }], [2, 0]), 0).state

  it('the vehicle called to it', () => {
    expect(acceptAtPosition(called, no(1), { ticket: ticket(1) })).toBe(ticket(1))
  })

  it('any token of its fleet group', () => {
    expect(acceptAtPosition(called, no(1), { group })).toBe(ticket(1))
  })

  it('nobody at a wrong position or with a wrong token', () => {
    expect(acceptAtPosition(called, no(2), { ticket: ticket(1) })).toBeUndefined()
    expect(acceptAtPosition(called, no(1), { ticket: ticket(2) })).toBeUndefined()
    expect(acceptAtPosition(called, no(2), { group })).toBeUndefined()
    expect(acceptAtPosition(called, no(1), { group: 'fleet-8' })).toBeUndefined()
    expect(acceptAtPosition(station(1), no(1), { ticket: ticket(1) })).toBeUndefined()
  })
})
