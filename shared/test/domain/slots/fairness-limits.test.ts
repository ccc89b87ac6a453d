import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalisePlate, type Plate } from '../../../src/domain/plate/plate.ts'
import {
  mayBookFairly,
  strikesOf,
  type LimitWish,
  type PastBooking,
} from '../../../src/domain/slots/fairness-limits.ts'
import { istDay, istDayStart } from '../../../src/units/ist-calendar.ts'
import { grams } from '../../../src/units/mass.ts'
import { after, dayNumber, hours, instant, minutes, type Instant } from '../../../src/units/time.ts'

function plateOf(text: string): Plate {
  const plate = normalisePlate(text)
  if (!plate.ok) throw new Error('a plate')
  return plate.value
}
const ours = plateOf('GJ01AB0001')
const today = dayNumber(20_700)
const at = (hour: number, day = 0): Instant =>
  after(istDayStart(dayNumber(today + day)), minutes(hour * 60))
const now = at(6)

const past = (over: Partial<PastBooking> = {}): PastBooking => ({
  ...{
    plate: ours,
    samePhone: true,
    samePayer: false,
    windowStart: at(7),
    state: 'completed' as const,
  },
  ...{ expected: grams(4_000), filled: grams(4_000), settledAt: undefined, strike: false },
  ...over,
})
const said = (wish: Partial<LimitWish>, list: readonly PastBooking[]) => {
  const answer = mayBookFairly(
    { plate: ours, vehicleClass: 'auto', windowStart: at(20), now, ...wish },
    list,
  )
  return answer.ok ? 'may' : answer.error.code
}

describe('bookings of a vehicle for one day', () => {
  it('are two for an auto, one for a car, and no number for vans and buses', () => {
    const two = [past(), past({ windowStart: at(12) })]
    expect(said({}, two.slice(1))).toBe('may')
    expect(said({}, two)).toBe('day_limit')
    expect(said({ vehicleClass: 'car' }, two.slice(1))).toBe('day_limit')
    expect(said({ vehicleClass: 'lcv' }, two)).toBe('may')
  })

  it('are counted by the IST day of the window: 23:50 and 00:10 are two', () => {
    const late = past({ windowStart: at(23.8) })
    expect(istDay(at(24.2))).toBe(today + 1)
    expect(said({ vehicleClass: 'car', windowStart: at(24.2) }, [late])).toBe('may')
    expect(said({ vehicleClass: 'car', windowStart: at(23.5) }, [late])).toBe('day_limit')
  })

  it('do not count a fill below 80 % of the expected, a cancel or a no-show', () => {
    const small = past({ filled: grams(3_199) })
    expect(said({ vehicleClass: 'car' }, [small])).toBe('may')
    expect(said({ vehicleClass: 'car' }, [past({ filled: grams(3_200) })])).toBe('day_limit')
    expect(said({ vehicleClass: 'car' }, [past({ state: 'no_show', filled: grams(0) })])).toBe(
      'may',
    )
  })
})

it('two hours after a counted fill a window may begin again; a small fill needs no wait', () => {
  const filled = past({ windowStart: at(5), settledAt: at(5.5) })
  expect(said({ windowStart: at(7.4) }, [filled])).toBe('cooling_down')
  expect(said({ windowStart: at(7.5) }, [filled])).toBe('may')
  expect(said({ windowStart: at(7) }, [{ ...filled, filled: grams(1_000) }])).toBe('may')
})

it('a phone has three vehicles booked at once, and what is over counts no more', () => {
  const others = [2, 3, 4].map((n) =>
    past({ plate: plateOf(`GJ01AB000${n}`), state: 'confirmed', filled: grams(0) }),
  )
  expect(said({}, others)).toBe('phone_limit')
  expect(said({}, others.slice(1))).toBe('may')
  expect(
    said(
      {},
      others.map((one) => ({ ...one, samePhone: false })),
    ),
  ).toBe('may')
  expect(
    said(
      {},
      others.map((one) => ({ ...one, state: 'completed' as const })),
    ),
  ).toBe('may')
})

describe('no-shows', () => {
  const missed = (day: number) =>
    past({ state: 'no_show', strike: true, windowStart: at(9, day), filled: grams(0) })
  const kept = (day: number) => past({ windowStart: at(9, day) })
  const tomorrow = { windowStart: at(9, 1) }

  it('the first is excused, the second leaves windows of today, the third a week of walk-ins', () => {
    expect(said(tomorrow, [missed(-3)])).toBe('may')
    expect(said(tomorrow, [missed(-3), missed(-2)])).toBe('same_day_only')
    expect(said({}, [missed(-3), missed(-2)])).toBe('may')
    expect(said({}, [missed(-3), missed(-2), missed(-1)])).toBe('walk_in_only')
  })

  it('a week after the third windows of today can be booked again', () => {
    const three = [missed(-12), missed(-11), missed(-8)]
    expect(said({}, three)).toBe('may')
    expect(said(tomorrow, three)).toBe('same_day_only')
  })

  it('five kept bookings in a row clear them, and thirty days do', () => {
    const two = [missed(-20), missed(-19)]
    const five = [-9, -8, -7, -6, -5].map(kept)
    expect(said(tomorrow, [...two, ...five.slice(1)])).toBe('same_day_only')
    expect(said(tomorrow, [...two, ...five])).toBe('may')
    expect(said(tomorrow, [missed(-31), missed(-2)])).toBe('may')
  })

  it('one that something excuses is no strike', () => {
    const excused = [missed(-3), missed(-2)].map((one) => ({ ...one, strike: false }))
    expect(said(tomorrow, excused)).toBe('may')
  })

  it('never count more than there were, whatever order they are told in', () => {
    const any = fc.array(fc.record({ day: fc.integer({ min: -40, max: -1 }), miss: fc.boolean() }))
    fc.assert(
      fc.property(any, (list) => {
        const told = list.map(({ day, miss }) => (miss ? missed(day) : kept(day)))
        const { strikes } = strikesOf(told, now)
        expect(strikes).toBeLessThanOrEqual(
          list.filter(({ miss, day }) => miss && day >= -30).length,
        )
        const byTime = told.toSorted((a, b) => a.windowStart - b.windowStart)
        expect(strikesOf(byTime.toReversed(), instant(now)).last).toBe(strikesOf(byTime, now).last)
      }),
    )
  })

  it('lead to no refusal without end: a week and a day later something can be booked', () => {
    const any = fc.array(fc.integer({ min: -30, max: -9 }), { maxLength: 10 })
    fc.assert(
      fc.property(any, (days) => {
        expect(said({ windowStart: after(now, hours(3)) }, days.map(missed))).toBe('may')
      }),
    )
  })
})
