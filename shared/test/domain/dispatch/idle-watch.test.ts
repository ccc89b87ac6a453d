import { describe, expect, it } from 'vitest'
import type { DispatchState } from '../../../src/domain/dispatch/dispatch-state.ts'
import { watchIdle, type IdlePosition } from '../../../src/domain/dispatch/idle-watch.ts'
import { nextCall } from '../../../src/domain/dispatch/next-call.ts'
import { endFill, setService, startFill } from '../../../src/domain/dispatch/position-events.ts'
import { markPresent } from '../../../src/domain/dispatch/skip-and-recall.ts'
import { at, both, config, join, no, position, station, ticket } from './forecourt.ts'

const called = (state: DispatchState, minute: number) => nextCall(state, at(minute), config).state

/** Looks at the minutes given, one after the other. */
function looks(state: DispatchState, ...at_: readonly number[]) {
  let idle: readonly IdlePosition[] = []
  return at_.map((minute) => {
    const step = watchIdle(idle, state, { now: at(minute), config })
    idle = step.idle
    return { raised: step.raised, cleared: step.cleared }
  })
}

const nothing = { raised: [], cleared: [] }

describe('a position that stands idle while somebody waits', () => {
  const two = called(join(station(1), [1, 0], [2, 0]), 0)

  it('the alarm is raised once, when the staging time is over and not before', () => {
    expect(looks(two, 0, 2, 2.01, 3, 60)).toEqual([
      ...[nothing, nothing, { raised: [1], cleared: [] }],
      ...[nothing, nothing],
    ])
  })

  it('nobody else waits: no alarm, however long the called one takes', () => {
    expect(looks(called(join(station(1), [1, 0]), 0), 0, 5, 60)).toEqual([
      nothing,
      nothing,
      nothing,
    ])
  })

  it('a vehicle that was seen there, or that is filled, ends it; told once', () => {
    let step = watchIdle([], two, { now: at(0), config })
    step = watchIdle(step.idle, two, { now: at(3), config })
    expect(step.raised).toEqual([1])
    const seen = markPresent(two, ticket(1))
    step = watchIdle(step.idle, seen, { now: at(3.1), config })
    expect(step).toEqual({ idle: [], raised: [], cleared: [1] })
    expect(watchIdle(step.idle, seen, { now: at(9), config })).toEqual({
      ...{ idle: [], raised: [], cleared: [] },
    })
    const started = startFill(two, ticket(1), { now: at(1), config, freesAtMs: at(4) })
    expect(started.ok && watchIdle([], started.value, { now: at(9), config }).idle).toEqual([])
  })

  it('an alarm shorter than the staging time is never told and never cleared', () => {
    const first = watchIdle([], two, { now: at(0), config })
    const over = watchIdle(first.idle, markPresent(two, ticket(1)), { now: at(1), config })
    expect(over).toEqual({ idle: [], raised: [], cleared: [] })
  })

  it('a closed position and one that fits nobody who waits are not idle', () => {
    const closed = setService(join(station(1), [1, 0]), no(1), 'closed')
    expect(looks(closed, 0, 60)).toEqual([nothing, nothing])
    const buses = join({ ...station(0), positions: [position(1, ['ngv2'])] }, [1, 0], [2, 0])
    expect(looks(buses, 0, 60)).toEqual([nothing, nothing])
    const any = { ...buses, positions: [position(1, both)] }
    expect(looks(any, 0, 60)[1]).toEqual({ raised: [1], cleared: [] })
  })

  it('the time begins again when the position had a vehicle in between', () => {
    const filled = startFill(two, ticket(1), { now: at(1), config, freesAtMs: at(4) })
    if (!filled.ok) throw new Error(filled.error.code)
    const first = watchIdle([], two, { now: at(0), config })
    const busy = watchIdle(first.idle, filled.value, { now: at(1), config })
    const free = endFill(filled.value, no(1), { now: at(4), config })
    const again = watchIdle(busy.idle, free, { now: at(4), config })
    expect(again.idle).toEqual([{ position: 1, sinceMs: at(4), told: false }])
  })
})
