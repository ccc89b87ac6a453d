import { noCapacity, plus } from '@baari/shared/domain/lease/capacity'
import { hoursAround } from '@baari/shared/domain/slots/rolling-share'
import { istDayStart, istDay } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import {
  after,
  before,
  dayNumber,
  hours,
  millis,
  minutes,
  type Instant,
} from '@baari/shared/units/time'
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
/** Six in the morning of the next day, whatever the time is now. */
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(6)) - at.clock.now()))
  await at.reset()
})

/** Noon, six hours ahead: no peak, so no part of it is given by lot. */
const calmWindow = (): Instant => after(istDayStart(istDay(at.clock.now())), hours(12))

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
    // Which cells are left follows from who came first; in the last half hour some are.
    const last = after(window, minutes(30))
    expect(await sellAll([last], 'app', 60)).toEqual(['window_full'])
    expect(await sellAll([last], 'sms', 61)).toEqual(['sold'])
    expect(await sellAll([last], 'voice', 62)).toEqual(['sold'])
  })

  it('ends two hours before: then the page sells the rest', async () => {
    const window = calmWindow()
    const windows = Array.from({ length: 60 }, (_, n) => after(window, minutes(10 * (n % 4))))
    await sellAll(windows)
    at.clock.advance(millis(before(window, minutes(65)) - at.clock.now()))
    await at.seed()
    expect(await sellAll([after(window, minutes(30))], 'app', 60)).toEqual(['sold'])
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

describe('limits of fairness', () => {
  /** Ends a booking as the station's facts would: state, a fill or a strike. */
  async function end(id: string, how: 'filled' | 'missed', settledAt: Instant): Promise<void> {
    const { pool } = at.world
    const state = how === 'filled' ? 'completed' : 'no_show'
    await pool.query('UPDATE booking SET state = $2 WHERE id = $1', [id, state])
    if (how === 'missed') {
      await pool.query('INSERT INTO strike VALUES ($1, $2, 1)', [id, demoStationNo])
      return
    }
    await pool.query(
      `INSERT INTO sale (fill_id, station_no, booking_id, position_no, grams, amount_paise,
         price_paise_per_kg, totaliser_before_grams, totaliser_after_grams, settled_at_ms, recv_at_ms)
       VALUES (gen_random_uuid(), $2, $1, 1, 4000, 1, 1, 0, 4000, $3, $3)`,
      [id, demoStationNo, settledAt],
    )
  }
  const book = async (n: number, windowStart: Instant) => {
    const sold = await makeBooking(at.sale, at.wish(n, { windowStart }))
    return sold.ok ? sold.value.id : sold.error.code
  }

  it('a vehicle that was filled waits two hours, and an auto has two bookings a day', async () => {
    const window = calmWindow()
    await end(await book(0, window), 'filled', after(window, minutes(5)))
    expect(await book(0, after(window, minutes(120)))).toBe('cooling_down')
    const second = after(window, minutes(130))
    await end(await book(0, second), 'filled', second)
    expect(await book(0, after(window, hours(5)))).toBe('day_limit')
  })

  it('a station’s word that nobody came is a strike; the second leaves today, the third a number', async () => {
    const window = calmWindow()
    const past = (days: number) => before(window, hours(24 * days))
    for (const days of [3, 2]) {
      const id = await book(1, window)
      await end(id, 'missed', window)
      await at.world.pool.query('UPDATE booking SET window_start_ms = $2 WHERE id = $1', [
        id,
        past(days),
      ])
    }
    const tomorrow = after(istDayStart(istDay(at.clock.now())), hours(24.5))
    expect(await book(1, tomorrow)).toBe('same_day_only')
    const third = await at.world.pool.query<{ id: string }>(
      `UPDATE booking SET window_start_ms = $1 WHERE id = (SELECT min(id::text)::uuid FROM booking)
       RETURNING id`,
      [past(1)],
    )
    await at.world.pool.query(
      `INSERT INTO booking SELECT (jsonb_populate_record(b, jsonb_build_object('id',
         gen_random_uuid(), 'code', NULL, 'code_day', NULL, 'code_slot', NULL, 'code_n', NULL))).*
       FROM booking AS b WHERE id = $1`,
      [third.rows[0]?.id],
    )
    await at.world.pool.query(
      `INSERT INTO strike SELECT id, station_no, 1 FROM booking
       WHERE state = 'no_show' ON CONFLICT DO NOTHING`,
    )
    expect(await book(1, window)).toBe('walk_in_only')
  })

  it('of six vehicles that one phone books at once three get a window', async () => {
    const window = calmWindow()
    const driver = at.wish(0, { windowStart: window }).driver
    const said = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const wish = at.wish(n, { windowStart: after(window, minutes(10 * n)) })
        const sold = await makeBooking(at.sale, { ...wish, driver })
        return sold.ok ? 'sold' : sold.error.code
      }),
    )
    expect([count(said, 'sold'), count(said, 'phone_limit')]).toEqual([3, 3])
  })
})
