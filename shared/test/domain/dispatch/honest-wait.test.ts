import { describe, expect, it } from 'vitest'
import type { DispatchState } from '../../../src/domain/dispatch/dispatch-state.ts'
import {
  honestWaits,
  longestQuote,
  quoteForWalkIn,
  type WaitModel,
} from '../../../src/domain/dispatch/honest-wait.ts'
import { setService } from '../../../src/domain/dispatch/position-events.ts'
import { sweepMissed } from '../../../src/domain/dispatch/skip-and-recall.ts'
import { seededPrng } from '../../../src/testing/seeded-prng.ts'
import { minutes } from '../../../src/units/time.ts'
import { at, begin, callAll, config, join, no, station, ticket, type Visit } from './forecourt.ts'

const model = (minute: number, more: Partial<WaitModel> = {}): WaitModel => {
  const { next } = seededPrng(7)
  return { now: at(minute), config, bookings: [], random: next, replications: 200, ...more }
}
const car = { nozzles: ['ngv1'], vehicleClass: 'car' } as const
const quote = (state: DispatchState, more: Partial<WaitModel> = {}) => {
  const found = quoteForWalkIn(state, car, model(0, more))
  if (found === undefined) throw new Error('a position fits')
  return found
}
const inMinutes = (ms: number): number => ms / 60_000
/** All positions filling, expected to end at minute 4. */
const full = (count: number): DispatchState => {
  const visits = Array.from({ length: count }, (_, i) => [90 + i, -1] as const)
  const called = callAll(join(station(count), ...visits), -1).state
  return visits.reduce((state, [n]) => begin(state, n, [-1, 4]), called)
}
const walkIns = (count: number): readonly Visit[] =>
  Array.from({ length: count }, (_, i) => [1 + i, -1] as const)

describe('the honest wait', () => {
  it('at an idle station is nothing', () => {
    expect(quote(station(1))).toEqual({ medianMs: 0, p80Ms: 0, p90Ms: 0 })
  })

  it('behind one running fill is what is left of it', () => {
    expect(inMinutes(quote(full(1)).medianMs)).toBe(4)
  })

  it('behind three autos is the running fill and three class means', () => {
    const { medianMs, p90Ms } = quote(join(full(1), ...walkIns(3)))
    expect(inMinutes(medianMs)).toBeGreaterThan(12)
    expect(inMinutes(medianMs)).toBeLessThan(14)
    // Three log-normals of mean 3 and deviation 1.05 have a deviation of 1.8: P90 is 2.4 above.
    expect(inMinutes(p90Ms - medianMs)).toBeGreaterThan(1.4)
    expect(inMinutes(p90Ms - medianMs)).toBeLessThan(3.6)
  })

  it('with four positions is about a quarter of the work ahead', () => {
    const { medianMs } = quote(join(full(4), ...walkIns(12)))
    expect(inMinutes(medianMs)).toBeGreaterThan(4 + (12 * 3) / 4 - 2)
    expect(inMinutes(medianMs)).toBeLessThan(4 + (12 * 3) / 4 + 2)
  })

  it('counts the booked vehicles that will go first by the rule, and no more', () => {
    const booked = Array.from({ length: 6 }, (_, i) => [21 + i, -1, 0] as const)
    const behindAll = join(full(1), ...booked)
    // Two booked start before the walk-in, not six.
    expect(inMinutes(quote(behindAll).medianMs)).toBeGreaterThan(4 + 2 * 3 - 1)
    expect(inMinutes(quote(behindAll).medianMs)).toBeLessThan(4 + 2 * 3 + 1)
  })

  it('counts bookings that have not come yet', () => {
    const state = join(full(1), ...walkIns(4))
    const bookings = [6, 7, 8].map((minute) => ({
      windowStart: at(minute),
      nozzles: ['ngv1'] as const,
      vehicleClass: 'bus' as const,
    }))
    expect(quote(state, { bookings }).medianMs).toBeGreaterThan(quote(state).medianMs)
  })

  it('uses the means learned at the station', () => {
    const state = join(full(1), ...walkIns(3))
    const means = { auto: minutes(6), car: minutes(6), lcv: minutes(6), bus: minutes(6) }
    expect(quote(state, { means }).medianMs).toBeGreaterThan(quote(state).medianMs + 6 * 60_000)
  })

  it('is the same for the same seed and differs for another', () => {
    const state = join(full(2), ...walkIns(6))
    expect(quote(state)).toEqual(quote(state))
    expect(quote(state, { random: seededPrng(8).next })).not.toEqual(quote(state))
  })

  it('changes nothing in the state it was asked about', () => {
    const state = join(full(2), ...walkIns(6))
    const before = JSON.stringify(state)
    quote(state)
    expect(JSON.stringify(state)).toBe(before)
  })

  it('is told to everybody in the queue, and later walk-ins are told no less', () => {
    const state = join(full(2), ...walkIns(8))
    const quotes = honestWaits(state, model(0))
    expect(quotes.size).toBe(8)
    const medians = walkIns(8).map(([n]) => quotes.get(ticket(n))!.medianMs)
    expect(medians.toSorted((a, b) => a - b)).toEqual(medians)
    for (const { medianMs, p80Ms, p90Ms } of quotes.values()) {
      expect(p80Ms).toBeGreaterThanOrEqual(medianMs)
      expect(p90Ms).toBeGreaterThanOrEqual(p80Ms)
    }
  })

  it('is not promised where no open position fits', () => {
    const closed = setService(station(1), no(1), 'closed')
    expect(quoteForWalkIn(closed, car, model(0))).toBeUndefined()
    expect(quoteForWalkIn(station(1), { ...car, nozzles: ['ngv2'] }, model(0))).toBeUndefined()
  })

  it('of a vehicle no open position fits is the longest there is, not a hanging simulation', () => {
    const bus = [1, 0, undefined, { nozzles: ['ngv2'] as const }] as const
    const quotes = honestWaits(join(station(1), bus), model(0, { replications: 3 }))
    expect(quotes.get(ticket(1))?.medianMs).toBe(longestQuote)
  })

  it('takes a fill past its expected end to end in half a minute', () => {
    expect(inMinutes(quoteForWalkIn(full(1), car, model(9))!.medianMs)).toBe(0.5)
  })

  it('leaves out vehicles that missed their call', () => {
    const called = callAll(join(station(1), [1, -5]), 0).state
    const missed = sweepMissed(called, { now: at(3), config }).state
    expect(quoteForWalkIn(missed, car, model(3))?.medianMs).toBe(0)
  })

  it('with 200 waiting ends within the longest quote', () => {
    const quotes = honestWaits(join(full(4), ...walkIns(200)), model(0, { replications: 2 }))
    const last = quotes.get(ticket(200))!.medianMs
    expect(inMinutes(last)).toBeGreaterThan(120)
    expect(inMinutes(last)).toBeLessThan(180)
  })
})
