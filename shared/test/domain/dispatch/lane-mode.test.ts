import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  adviseLanes,
  laneModes,
  noLaneAdvice,
  wantedLanes,
  type LaneAdvice,
} from '../../../src/domain/dispatch/lane-mode.ts'
import { millis, minutes } from '../../../src/units/time.ts'
import { at, position } from './forecourt.ts'

/** A need that asks for so many booked lanes at a station of eight. */
const need = (lanes: number) => ({
  bookedWaiting: 0,
  meanService: minutes(4),
  expectedWork: minutes(5 * lanes),
  openLanes: 8,
})

function advise(...wanted: readonly (readonly [minute: number, lanes: number])[]): LaneAdvice {
  return wanted.reduce(
    (advice, [minute, lanes]) => adviseLanes(advice, need(lanes), at(minute)),
    noLaneAdvice,
  )
}

describe('how many lanes are signed for booked vehicles', () => {
  it('as many as the booked work of the next five minutes fills, one lane always being left', () => {
    const facts = {
      bookedWaiting: 2,
      meanService: minutes(4),
      expectedWork: minutes(4),
      openLanes: 4,
    }
    expect(wantedLanes(facts)).toBe(2)
    expect(wantedLanes({ ...facts, bookedWaiting: 40 })).toBe(3)
    expect(wantedLanes({ ...facts, openLanes: 1 })).toBe(0)
    expect(wantedLanes({ ...facts, bookedWaiting: 0, expectedWork: millis(0) })).toBe(0)
  })

  it('a change needs two evaluations that agree', () => {
    expect(advise([0, 2]).bookedLanes).toBe(0)
    expect(advise([0, 2], [5, 2]).bookedLanes).toBe(2)
    expect(advise([0, 2], [5, 3]).bookedLanes).toBe(0)
    expect(advise([0, 2], [4, 2]).bookedLanes).toBe(0)
  })

  it('the number that was left does not come back within ten minutes', () => {
    const changed = [
      [0, 2],
      [5, 2],
    ] as const
    expect(advise(...changed, [10, 0], [14.9, 0]).bookedLanes).toBe(2)
    expect(advise(...changed, [10, 0], [15, 0]).bookedLanes).toBe(0)
  })

  it('G14: whatever is asked for, at most six changes an hour, five minutes apart, no quick return', () => {
    const asked = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 3 })),
      {
        maxLength: 80,
      },
    )
    fc.assert(
      fc.property(asked, (evaluations) => {
        const changes: { minute: number; from: number; to: number }[] = []
        let advice = noLaneAdvice
        let minute = 0
        for (const [later, lanes] of evaluations) {
          minute += later
          const next = adviseLanes(advice, need(lanes), at(minute))
          const [from, to] = [advice.bookedLanes, next.bookedLanes]
          if (from !== to) changes.push({ minute, from, to })
          advice = next
        }
        changes.forEach((change, i) => {
          const last = changes[i - 1]
          const inHour = changes.filter(
            ({ minute: m }) => m > change.minute - 60 && m <= change.minute,
          )
          expect(inHour.length).toBeLessThanOrEqual(6)
          if (last === undefined) return
          const apart = change.minute - last.minute
          expect(apart).toBeGreaterThanOrEqual(change.to === last.from ? 10 : 5)
        })
      }),
    )
  })
})

describe('the signs', () => {
  const closed = { ...position(2), service: 'closed' as const }

  it('the first open lanes are for booked vehicles, the rest for walk-ins, a closed one says so', () => {
    const modes = laneModes([position(1), closed, position(3), position(4)], advise([0, 2], [5, 2]))
    expect([...modes.values()]).toEqual(['booked', 'closed', 'booked', 'walk-in'])
  })

  it('with no booked lane all are mixed, and the last open lane is never for booked alone', () => {
    expect([...laneModes([position(1), position(3)], noLaneAdvice).values()]).toEqual([
      'mixed',
      'mixed',
    ])
    expect([...laneModes([position(1), closed], advise([0, 2], [5, 2])).values()]).toEqual([
      'mixed',
      'closed',
    ])
  })
})
