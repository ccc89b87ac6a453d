import { describe, expect, it } from 'vitest'
import { expiryFor } from '@baari/shared/domain/eta/eta-validity'
import { measureRoutes, measureTrips } from '@baari/shared/domain/eta/eta-measures'
import { firstSpeeds, learnSpeeds, offlineEta } from '@baari/shared/domain/eta/offline-eta'
import { madeTrips } from '@baari/shared/testing/made-trips'
import { cellOf, centreOf, greatCircleMetres, place, placeCell } from '@baari/shared/units/place'
import { after, before, instant, millis, minutes, type Instant } from '@baari/shared/units/time'

const start = instant(Date.parse('2026-11-22T09:00:00Z'))

describe('a place', () => {
  it('lies so many metres from another along the great circle', () => {
    const delhi = place(28_613_900, 77_209_000)
    const mumbai = place(19_076_000, 72_877_700)
    expect(Math.abs(greatCircleMetres(delhi, mumbai) - 1_148_000)).toBeLessThan(3_000)
    expect(greatCircleMetres(place(23_000_000, 72_000_000), place(24_000_000, 72_000_000))).toBe(
      111_195,
    )
    expect(greatCircleMetres(delhi, delhi)).toBe(0)
  })

  it('is known to a field of about a kilometre, south of the equator as well', () => {
    const here = place(23_033_111, 72_532_999)
    const cell = cellOf(here)
    expect(cell).toBe('2303:7253')
    expect(greatCircleMetres(here, centreOf(cell))).toBeLessThan(800)
    expect(cellOf(place(-33_868_800, 151_209_300))).toBe('-3387:15120')
    expect(centreOf(cellOf(place(-5_000, -5_000)))).toEqual({ latE6: -5_000, lonE6: -5_000 })
    expect(placeCell(cell)).toBe(cell)
    expect(placeCell('-0:007')).toBe('0:7')
    // The pole and the half turn lie in the last field, not in one beyond.
    expect(placeCell(cellOf(place(90_000_000, 180_000_000)))).toBe('8999:17999')
    for (const text of ['', '1', '9000:0', '0:18000', '1.5:2', '23.03:72.53', '99999:1']) {
      expect(placeCell(text), text).toBeUndefined()
    }
  })
})

describe('the arrival without a network', () => {
  const trips = madeTrips(7, 1_200)
  const [past, coming] = [trips.slice(0, 800), trips.slice(800)]
  const book = learnSpeeds(past)

  it('trips make it better than the start values, on trips not seen', () => {
    const { maeSeconds } = measureTrips(coming, firstSpeeds)
    expect(measureTrips(coming, book).maeSeconds).toBeLessThan(0.85 * maeSeconds)
  })

  it('nine in ten of the trips not seen end before the 90 % quantile', () => {
    const { cover50, cover90 } = measureTrips(coming, book)
    expect(cover90).toBeGreaterThan(0.86)
    expect(cover90).toBeLessThan(0.95)
    expect(Math.abs(cover50 - 0.5)).toBeLessThan(0.06)
  })

  it('so they do on each of six routes', () => {
    const routed = madeTrips(11, 2_400, 6).map((trip) => ({ ...trip, route: trip.cell }))
    const learned = learnSpeeds(routed.slice(0, 1_200))
    const routes = measureRoutes(routed.slice(1_200), learned)
    expect(routes.size).toBe(6)
    for (const [route, { trips: count, cover90, mapePercent }] of routes) {
      expect(count, route).toBeGreaterThan(120)
      expect(cover90, route).toBeGreaterThan(0.82)
      expect(mapePercent, route).toBeLessThan(30)
    }
  })

  it('trips three times as long as those learned from are not covered, and the measures say so', () => {
    const slow = coming.map((trip) => ({ ...trip, took: millis(3 * trip.took) }))
    expect(measureTrips(slow, book).cover90).toBeLessThan(0.3)
    expect(measureTrips([], book)).toMatchObject({ trips: 0, maeSeconds: 0, cover90: 0 })
  })

  it('one trip from a field says little of it, and without trips the start values hold', () => {
    const [one] = past
    if (one === undefined) throw new Error('a trip')
    const slow = { ...one, took: minutes(170) }
    const factor = learnSpeeds([...past.filter(({ cell }) => cell !== one.cell), slow]).cells[
      one.cell
    ]
    expect(factor).toBeLessThan(0)
    expect(factor).toBeGreaterThan(-0.4)
    const none = learnSpeeds([])
    expect(none.city.map((kmh) => Math.round(kmh))).toEqual(firstSpeeds.city)
    expect(none.late90).toBeCloseTo(firstSpeeds.late90)
  })

  it('P(arrive before expiry) is nine in ten for who is due before s+60', () => {
    const due = coming.flatMap((trip, at) => {
      // The window began five to thirty-five minutes before the driver says *on my way*.
      const begun = before(trip.left, minutes(5 + (at % 30)))
      const arrives = after(trip.left, trip.took)
      if (arrives > after(begun, minutes(60))) return []
      const { q90 } = offlineEta(trip, trip.left, book)
      const sold = { start: begun, expires: after(begun, minutes(30)) }
      return [arrives <= expiryFor(sold, after(trip.left, q90))]
    })
    expect(due.length).toBeGreaterThan(200)
    expect(due.filter(Boolean).length / due.length).toBeGreaterThanOrEqual(0.9)
  })
})

describe('the token of a driver on the way', () => {
  const at = (minute: number): Instant => after(start, minutes(minute))
  const ends = (latest: number, expires = 30) =>
    (expiryFor({ start, expires: at(expires) }, at(latest)) - start) / minutes(1)

  it('is good to s+30, longer where nine in ten come later, and to s+60 at most', () => {
    expect([ends(-20), ends(29), ends(30), ends(42), ends(60), ends(61), ends(400)]).toEqual([
      30, 30, 30, 42, 60, 60, 60,
    ])
  })

  it('never ends earlier than it did: whatever traffic says in whatever order', () => {
    for (const expires of [30, 37, 60, 75]) {
      let now = expires
      for (const latest of [50, -10, 44, 90, 10]) {
        const next = ends(latest, now)
        expect(next).toBeGreaterThanOrEqual(now)
        expect(next).toBeLessThanOrEqual(Math.max(60, now))
        now = next
      }
    }
  })
})
