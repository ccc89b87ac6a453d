import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  arrivalOf,
  creditFor,
  delayWindows,
  joinQueue,
  standingOf,
} from '../../../src/domain/dispatch/place-in-queue.ts'
import { minutes } from '../../../src/units/time.ts'
import { at, callOne, config, join, orderOf, station, ticket, vehicle } from './forecourt.ts'

const standing = (arrival: number, window = 0) => standingOf(at(arrival), at(window), config)

describe('standing of an arrival', () => {
  it('the earliest of scan, handheld, geofenced tap and missed call is the arrival', () => {
    expect(arrivalOf({ scan: at(9), handheld: at(7), missedCallNearby: at(8) })).toBe(at(7))
    expect(arrivalOf({})).toBeUndefined()
  })

  it('before s−20 a booked vehicle is standby with a walk-in number', () => {
    expect(standing(-20.01).line).toBe('standby')
    expect(standing(-20).line).toBe('booked')
  })

  it('from s−20 to s+10, both included, it is in the booked queue', () => {
    for (const arrival of [-20, -5, 0, 10]) expect(standing(arrival).line).toBe('booked')
    expect(standing(10 + 1 / 60).line).toBe('walk-in')
  })

  it('late at s+10 it is credited half its lateness, at s+30 three tenths, at s+60 nothing', () => {
    expect(creditFor(minutes(10), config)).toBe(minutes(5))
    expect(creditFor(minutes(30), config)).toBe(minutes(9))
    expect(creditFor(minutes(60), config)).toBe(0)
    expect(creditFor(minutes(90), config)).toBe(0)
  })

  it('a late vehicle queues with the walk-ins by its credited key', () => {
    expect(standing(20)).toEqual({ line: 'walk-in', walkInKey: at(12), noShow: false })
    const queue = join(station(1), [11, 13], [12, 11], [1, 20, 0])
    expect(orderOf(queue, 20)).toEqual([12, 1, 11])
  })

  it('after s+30 the booking is over and the walk-in number keeps the credit', () => {
    expect(standing(30).noShow).toBe(false)
    expect(standing(30.01).noShow).toBe(true)
    expect(standing(40)).toEqual({ line: 'walk-in', walkInKey: at(32), noShow: true })
    expect(vehicle(join(station(1), [1, 40, 0]), 1).kind).toBe('walk-in')
  })

  it('nobody gains by being later: the credited key never goes back', () => {
    const late = fc.integer({ min: 600_001, max: 7_200_000 })
    fc.assert(
      fc.property(late, late, (a, b) => {
        const [early, later] = [Math.min(a, b), Math.max(a, b)]
        const key = (lateness: number) => lateness - creditFor(lateness, config)
        expect(key(later)).toBeGreaterThanOrEqual(key(early))
        expect(creditFor(early, config)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('standby', () => {
  it('a booked vehicle forty minutes early does not overtake a walk-in', () => {
    const queue = join(station(1), [11, -1], [1, 0, 40])
    expect(orderOf(queue, 1)).toEqual([11, 1])
  })

  it('its number is served in its turn among the walk-ins, as a walk-in start', () => {
    const queue = join(station(1), [1, 0, 40], [11, 1])
    const { call, state } = callOne({ ...queue, streaks: { ngv1: 2, ngv2: 0 } }, 2)
    expect(call?.ticket).toBe(ticket(1))
    expect(state.streaks.ngv1).toBe(0)
  })

  it('at s−5 it joins the booked queue', () => {
    const queue = join(station(1), [11, -1], [1, 0, 40])
    expect(callOne(queue, 34.9).call?.ticket).toBe(ticket(11))
    expect(callOne(queue, 35).call?.ticket).toBe(ticket(1))
  })
})

describe('joining', () => {
  it('a ticket that is already there stays where it is', () => {
    const queue = join(station(1), [1, 0])
    expect(join(queue, [1, 5])).toBe(queue)
  })

  it('a later station delay moves windows on, never back, and no late vehicle', () => {
    const queue = join(station(1), [1, 0, 10], [2, 30, 0])
    const delayed = delayWindows(queue, minutes(5), at(2))
    expect(vehicle(delayed, 1).windowStart).toBe(at(15))
    expect(vehicle(delayed, 2).windowStart).toBe(at(0))
    expect(delayWindows(queue, minutes(5), at(10))).toEqual(queue)
    expect(vehicle(delayWindows(queue, minutes(-5), at(2)), 1).windowStart).toBe(at(10))
  })

  it('serial numbers count up', () => {
    const queue = joinQueue(
      join(station(1), [1, 0]),
      { ticket: ticket(2), arrival: at(0), nozzles: ['ngv1'], vehicleClass: 'car' },
      config,
    )
    expect([vehicle(queue, 1).serial, vehicle(queue, 2).serial, queue.nextSerial]).toEqual([
      1, 2, 3,
    ])
  })
})
