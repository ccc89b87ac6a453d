import { decodeToken } from '@baari/shared/codecs/token'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { cellOf, place } from '@baari/shared/units/place'
import { after, dayNumber, hours, millis, minutes } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rankerSourcesOf, stationPlacesOf } from '../../../src/adapters/postgres/ranker-sources.ts'
import { retimesOf } from '../../../src/adapters/postgres/retimes.ts'
import { slotRankersOf } from '../../../src/adapters/postgres/slot-rankers.ts'
import { tripsOf } from '../../../src/adapters/postgres/trips.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { sayOnTheWay } from '../../../src/app/bookings/on-the-way.ts'
import type { StationPlaces } from '../../../src/ports/slot-recommendation.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

const station = stationNo(demoStationNo)
const stationAt = place(23_033_000, 72_532_000)
/** Nine kilometres to the south. */
const farCell = cellOf(place(22_955_000, 72_535_000))

let at: SaleWorld
let places: StationPlaces
beforeAll(async () => {
  at = await saleWorld(4, 10)
  places = stationPlacesOf(at.world.pool)
  await places.put(station, stationAt)
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE trip CASCADE')
  await at.reset()
})

const driverOf = (n: number): string => at.wish(n, { windowStart: at.windowIn(60) }).driver

async function rows<T extends object>(sql: string): Promise<T[]> {
  return (await at.world.pool.query<T>(sql)).rows
}

describe('a driver on the way', () => {
  const underway = async (n: number, id: string, cell = farCell) =>
    sayOnTheWay(
      {
        ...at.sale,
        retimes: retimesOf({ pool: at.world.pool, clock: at.clock, ids: randomIds }),
        ...{ routes: undefined, places, rankers: slotRankersOf(at.world.pool) },
        trips: tripsOf(at.world.pool),
      },
      { id: bookingId(id), driver: driverOf(n), cell },
    )

  async function bookedIn(ahead: number) {
    const sold = await at.book(0, at.windowIn(ahead), false)
    if (!sold.ok) throw new Error(sold.error.code)
    return sold.value
  }

  it('the token is signed anew until nine in ten would have come, at most s+60, and never shorter', async () => {
    const booked = await bookedIn(20)
    const start = booked.windowStart
    // In time: nothing changes, and the token is the one that was sold.
    const early = await underway(0, booked.id, cellOf(stationAt))
    expect(early).toMatchObject({ ok: true, value: { booking: { expires: booked.expires } } })
    expect((await at.sale.book.find(booked.id))?.proof?.token).toBe(booked.proof?.token)
    // So late that nine in ten come after s+30.
    at.clock.advance(millis(after(start, minutes(8)) - at.clock.now()))
    const late = await underway(0, booked.id)
    if (!late.ok || late.value.arrival === undefined) throw new Error('an arrival')
    const { expires, proof, rev } = late.value.booking
    const latest = after(at.clock.now(), late.value.arrival.q90)
    expect(latest).toBeGreaterThan(booked.expires)
    expect(expires).toBe(Math.min(after(start, minutes(60)), Math.ceil(latest / 1_000) * 1_000))
    expect(rev).toBe(booked.rev)
    const token = decodeToken(proof?.token ?? '')
    expect(token).toMatchObject({ ok: true, value: { claims: { expires, notBefore: start, rev } } })
    // Less traffic later shortens nothing.
    const again = await underway(0, booked.id, cellOf(stationAt))
    expect(again).toMatchObject({ ok: true, value: { booking: { expires } } })
    at.clock.advance(millis(after(start, minutes(28)) - at.clock.now()))
    const last = await underway(0, booked.id)
    expect(last).toMatchObject({
      ok: true,
      value: { booking: { expires: after(start, minutes(60)) } },
    })
  })

  it('only the field is kept of where the driver was, and a stranger says nothing', async () => {
    const booked = await bookedIn(60)
    await underway(0, booked.id)
    const [trip] = await rows<Record<string, unknown>>('SELECT * FROM trip')
    expect(trip).toMatchObject({ booking_id: booked.id, cell: farCell, source: 'offline' })
    expect(await underway(1, booked.id)).toMatchObject({
      ok: false,
      error: { code: 'booking_unknown' },
    })
  })

  it('who will be late for the window is offered a later one', async () => {
    const booked = await bookedIn(20)
    at.clock.advance(millis(after(booked.windowStart, minutes(-2)) - at.clock.now()))
    await at.seed()
    await underway(0, booked.id)
    const offers = await rows<{ cause: string; to_window_ms: string }>('SELECT * FROM retime_offer')
    expect(offers.map(({ cause }) => cause)).toEqual(['late'])
    expect(Number(offers[0]?.to_window_ms)).toBeGreaterThan(booked.windowStart)
  })

  it('trips that ended teach how fast the city is', async () => {
    const booked = await bookedIn(60)
    await underway(0, booked.id)
    const left = at.clock.now()
    await at.world.pool.query(
      `INSERT INTO check_in (station_no, booking_id, use_no, state, at_ms, recv_at_ms)
       VALUES ($1, $2, 1, 'claimed', $3, $3)`,
      [station, booked.id, after(left, minutes(24))],
    )
    const trips = await rankerSourcesOf(at.world.pool).trips(after(left, hours(-1)), 10)
    expect(trips).toMatchObject([{ cell: farCell, to: stationAt, left, took: minutes(24) }])
    await at.world.pool.query('DELETE FROM check_in')
  })
})
