import { noCapacity, plus } from '@baari/shared/domain/lease/capacity'
import { hoursAround } from '@baari/shared/domain/slots/rolling-share'
import { istDayStart, istDay } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import { after, before, hours, millis, minutes, type Instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseOf } from '../../../src/adapters/postgres/database.ts'
import { learnShows } from '../../../src/adapters/postgres/show-odds.ts'
import { makeBooking } from '../../../src/app/bookings/make-booking.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

/** Autos, cars and vans in turn; eight positions lend 14,000 milli-minutes a cell. */
let at: SaleWorld
beforeAll(async () => {
  at = await saleWorld(8, 64)
})
afterAll(() => at?.dispose())
beforeEach(() => at.reset())

/** A time of day without a lot, more than four hours ahead: noon or midnight, whichever comes. */
function calmWindow(): Instant {
  const midnight = istDayStart(istDay(at.clock.now()))
  const calm = [0, 12, 24, 36].map((hour) => after(midnight, hours(hour)))
  const found = calm.find((start) => start > after(at.clock.now(), hours(4)))
  if (found === undefined) throw new Error('a calm hour')
  return found
}

type Said = 'sold' | string

async function sellAll(
  windows: readonly Instant[],
  channel: 'app' | 'sms' | 'voice' = 'app',
  first = 0,
): Promise<readonly Said[]> {
  return Promise.all(
    windows.map(async (windowStart, n) => {
      const sold = await makeBooking(at.sale, at.wish(first + n, { windowStart, channel }))
      return sold.ok ? 'sold' : sold.error.code
    }),
  )
}

const count = (said: readonly Said[], word: string) => said.filter((one) => one === word).length

async function hoursOf(window: Instant) {
  const cells = await at.sale.book.freeCells({
    station: stationNo(demoStationNo),
    ...hoursAround(window),
  })
  return Array.from({ length: cells.length - 11 }, (_, from) => {
    const hour = cells.slice(from, from + 12)
    const granted = hour.map((cell) => cell.granted).reduce(plus, noCapacity)
    return {
      granted: granted.work,
      open: hour.map((c) => c.openSold).reduce(plus, noCapacity).work,
    }
  })
}

describe('the reserve of 30 %', () => {
  it('sixty clients at once never take it with the page, in any rolling hour; SMS still books', async () => {
    const window = calmWindow()
    const windows = Array.from({ length: 60 }, (_, n) => after(window, minutes(10 * (n % 4))))
    const said = await sellAll(windows)
    expect(count(said, 'sold')).toBeGreaterThan(20)
    expect(count(said, 'sold') + count(said, 'window_full')).toBe(60)
    for (const { granted, open } of await hoursOf(window)) {
      // Fifteen of seventy parts are kept.
      expect(open).toBeLessThanOrEqual(granted - Math.floor((granted * 150) / 700))
    }
    expect(await sellAll([window], 'app', 60)).toEqual(['window_full'])
    expect(await sellAll([window], 'sms', 61)).toEqual(['sold'])
    expect(await sellAll([after(window, minutes(10))], 'voice', 62)).toEqual(['sold'])
  })

  it('ends two hours before: then the page sells the rest', async () => {
    const window = calmWindow()
    const windows = Array.from({ length: 60 }, (_, n) => after(window, minutes(10 * (n % 4))))
    await sellAll(windows)
    at.clock.advance(millis(before(window, minutes(65)) - at.clock.now()))
    await at.seed()
    expect(await sellAll([window], 'app', 60)).toEqual(['sold'])
  })
})

describe('what a sale reckoned with', () => {
  const odds = async () => {
    const { rows } = await at.world.pool.query<{ cohort: string; show: number; work: number }>(
      `SELECT cohort, show_permille AS show, work_milli_minutes AS work
       FROM booking JOIN booking_odds ON booking_id = booking.id ORDER BY created_at_ms, id`,
    )
    return rows
  }

  it('is kept with the booking: cohort, P(show) and the work frozen from both', async () => {
    const window = calmWindow()
    await sellAll([window])
    expect(await odds()).toEqual([
      { cohort: expect.stringMatching(/^app\/new\//), show: 900, work: 2_700 },
    ])
  })

  it('comes from how the cohort’s bookings ended, each counted once', async () => {
    const window = calmWindow()
    await sellAll(Array.from({ length: 40 }, (_, n) => after(window, minutes(10 * (n % 4)))))
    const { pool } = at.world
    await pool.query(`UPDATE booking SET state = 'no_show', live_plate = NULL`)
    const learn = (endedBefore: Instant) =>
      learnShows(databaseOf(pool), { endedBefore, limit: 500 })
    expect(await learn(window)).toBe(0)
    const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM booking')
    const ended = rows[0]?.n ?? 0
    const later = after(window, hours(2))
    expect(await Promise.all([learn(later), learn(later), learn(later)]).then(sum)).toBe(ended)
    expect(await learn(later)).toBe(0)
    const known = await pool.query('SELECT shown::int, missed::int FROM show_cohort')
    expect(known.rows).toEqual([{ shown: 0, missed: ended }])
    await pool.query('TRUNCATE booking_cell, booking CASCADE')
    await pool.query('UPDATE slot_cell SET sold_milli_minutes = 0, sold_grams = 0')
    await sellAll([window])
    const [now] = await odds()
    expect(now?.show).toBe(Math.round((20 * 900) / (ended + 20)))
    // Overbooking stays within 1/1.15, however few come.
    expect(now?.work).toBe(Math.ceil(3_000 / 1.15))
    await pool.query('TRUNCATE show_cohort')
  })
})

const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)

it('a station’s own class minutes are what its windows are sold by', async () => {
  await at.world.pool.query(
    `INSERT INTO station_state (station_no, key, value, epoch_no, seq, at_ms, recv_at_ms)
     VALUES ($1, 'class_minutes', '{"auto": 2000, "car": 99999}', 1, 1, 1, 1)`,
    [demoStationNo],
  )
  const window = calmWindow()
  expect(await at.sale.stations.classMinutes(stationNo(demoStationNo))).toEqual({
    ...{ auto: 2_000, car: 6_750, lcv: 7_500, bus: 14_000 },
  })
  const sold = await makeBooking(at.sale, at.wish(0, { windowStart: window }))
  expect(sold).toMatchObject({ ok: true, value: { work: 1_800 } })
  await at.world.pool.query('DELETE FROM station_state')
})
