import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classMilliMinutes } from '../../../src/domain/slots/booked-work.ts'
import {
  boundedMinutes,
  learnedMinutes,
  type ClassMinutes,
} from '../../../src/domain/slots/class-minutes.ts'
import { overloads } from '../../../src/domain/slots/overload.ts'
import { cohortOf, showOf } from '../../../src/domain/slots/show-cohort.ts'
import { vehicleClasses } from '../../../src/units/names.ts'
import { after, hours, instant, minutes } from '../../../src/units/time.ts'
import { milliMinutes, perMille } from '../../../src/units/work.ts'

const cars = (count: number, show: number) =>
  Array.from({ length: count }, () => ({ minutes: milliMinutes(4_500), show: perMille(show) }))
const granted = (count: number) => milliMinutes(4_500 * count)

describe('P(overload)', () => {
  it('is none while everybody fits, however likely they come', () => {
    expect(overloads(cars(20, 1_000), granted(20))).toBe(false)
  })

  it('of one too many is the chance that all come: 0.9^22 is above five per cent, 0.9^29 below', () => {
    expect(0.9 ** 22).toBeGreaterThan(0.05)
    expect(overloads(cars(22, 900), granted(21))).toBe(true)
    expect(0.9 ** 29).toBeLessThan(0.05)
    expect(overloads(cars(29, 900), granted(28))).toBe(false)
  })

  it('is the binomial tail when more are booked', () => {
    for (const [booked, room] of [
      [30, 27],
      [30, 29],
      [40, 38],
      [40, 39],
      [60, 57],
      [60, 58],
    ] as const) {
      expect(overloads(cars(booked, 900), granted(room))).toBe(tail(booked, room) > 0.05)
    }
  })

  it('never falls when one more is booked, nor when somebody is likelier to come', () => {
    const some = fc.array(
      fc.record({
        minutes: fc.constantFrom(...Object.values(classMilliMinutes)),
        show: fc.nat(900),
      }),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(some, fc.integer({ min: 1_000, max: 120_000 }), (list, room) => {
        const booked = list.map((one) => ({ ...one, show: perMille(one.show) }))
        if (!overloads(booked, milliMinutes(room))) return
        expect(overloads([...booked, ...cars(1, 500)], milliMinutes(room))).toBe(true)
        const likelier = booked.map((one) => ({ ...one, show: perMille(one.show + 100) }))
        expect(overloads(likelier, milliMinutes(room))).toBe(true)
      }),
    )
  })
})

/** P(more than `room` of `count` come) at nine in ten, in plain floating point. */
function tail(count: number, room: number): number {
  let [chance, sum] = [0.1 ** count, 0]
  for (let come = 0; come <= count; come += 1) {
    if (come > room) sum += chance
    chance *= ((count - come) / (come + 1)) * 9
  }
  return sum
}

describe('P(show)', () => {
  it('begins at nine in ten and follows the cohort’s outcomes', () => {
    expect(showOf({ shown: 0, missed: 0 })).toBe(900)
    expect(showOf({ shown: 180, missed: 20 })).toBe(900)
    expect(showOf({ shown: 0, missed: 200 })).toBe(82)
    expect(showOf({ shown: 10_000, missed: 0 })).toBe(1_000)
  })

  it('is kept by channel, history and lead time', () => {
    const soldAt = instant(0)
    const cohort = (ahead: number, last: 'came' | 'missed' | undefined) =>
      cohortOf({ channel: 'sms', last, soldAt, windowStart: after(soldAt, hours(ahead)) })
    expect([cohort(1, undefined), cohort(5, 'came'), cohort(20, 'missed')]).toEqual([
      'sms/new/2h',
      'sms/came/6h',
      'sms/missed/24h',
    ])
  })
})

describe('class minutes', () => {
  it('move towards what fills take and are there after some eighty', () => {
    let known: ClassMinutes = classMilliMinutes
    for (let fill = 0; fill < 100; fill += 1) {
      known = learnedMinutes(known, { vehicleClass: 'car', took: milliMinutes(6_000) })
    }
    expect(known.car).toBeGreaterThan(5_980)
    expect(known.car).toBeLessThanOrEqual(6_000)
    expect(known.auto).toBe(classMilliMinutes.auto)
  })

  it('one fill, however long, moves them by a fortieth at most', () => {
    const known = learnedMinutes(classMilliMinutes, {
      vehicleClass: 'auto',
      took: milliMinutes(minutes(90)),
    })
    expect(known.auto).toBe(3_075)
  })

  it('stay within half and one and a half of the usual, whatever is seen or told', () => {
    const any = fc.array(fc.record({ at: fc.constantFrom(...vehicleClasses), took: fc.nat() }))
    fc.assert(
      fc.property(
        any,
        fc.dictionary(fc.constantFrom(...vehicleClasses), fc.anything()),
        (seen, told) => {
          const known = seen.reduce<ClassMinutes>(
            (minutesNow, { at, took }) =>
              learnedMinutes(minutesNow, { vehicleClass: at, took: milliMinutes(took) }),
            boundedMinutes(told),
          )
          for (const name of vehicleClasses) {
            expect(known[name]).toBeGreaterThanOrEqual(classMilliMinutes[name] / 2)
            expect(known[name]).toBeLessThanOrEqual((classMilliMinutes[name] * 3) / 2)
          }
        },
      ),
    )
  })
})
