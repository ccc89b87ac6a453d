import { randomBytes } from 'node:crypto'
import { drawOrder, takesEntries } from '@baari/shared/domain/slots/lottery'
import { drawAt, drawnBy, lotHour } from '@baari/shared/domain/slots/rolling-share'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
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
import { phoneVault } from '../../../src/adapters/keys/phone-vault.ts'
import { databaseOf } from '../../../src/adapters/postgres/database.ts'
import { lotsOf } from '../../../src/adapters/postgres/lots.ts'
import { driversOf } from '../../../src/adapters/postgres/people.ts'
import { sha256Hex } from '../../../src/adapters/system/sha256.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { drawLots, enterLot, type LotDeps } from '../../../src/app/bookings/lots.ts'
import { makeBooking } from '../../../src/app/bookings/make-booking.ts'
import { brokenCells, demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let deps: LotDeps
/** Eight in the morning of the day after tomorrow's clock: a peak hour whose lot takes entries. */
let eight: Instant
const station = stationNo(demoStationNo)

beforeAll(async () => {
  at = await saleWorld(4, 80)
  const db = databaseOf(at.world.pool)
  const vault = phoneVault({ sealKey: randomBytes(32), indexKey: randomBytes(32) })
  const drivers = driversOf({ db, vault, clock: at.clock, ids: randomIds })
  deps = { ...at.sale, lots: lotsOf(at.world.pool), drivers, hash: sha256Hex }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const day = istDayStart(dayNumber(istDay(at.clock.now()) + 2))
  eight = after(day, hours(8))
  at.clock.advance(millis(after(before(eight, hours(24)), minutes(5)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE lot, lot_entry, lot_booking, booking_payer CASCADE')
  await at.reset()
})

const enter = async (n: number, windowStart = after(eight, minutes(10))) => {
  const done = await enterLot(deps, at.wish(n, { windowStart }))
  return done.ok ? done.value.id : done.error.code
}
const lot = () => deps.lots.shown({ station, hour: eight })
const draw = async () => {
  at.clock.advance(millis(Math.max(0, drawAt(eight) - at.clock.now())))
  await at.seed()
  return drawLots(deps)
}

/** What winners took and what was granted, in every rolling hour of the lot's cells. */
async function rollingHours() {
  const { rows } = await at.world.pool.query<{ granted: string; won: string }>(
    `SELECT sum(c.granted_milli_minutes) OVER hour AS granted, sum(won.work) OVER hour AS won
     FROM slot_cell c LEFT JOIN LATERAL (
       SELECT coalesce(sum(b.milli_minutes), 0) AS work FROM booking_cell b
       JOIN lot_booking l ON l.booking_id = b.booking_id
       WHERE b.cell_start_ms = c.cell_start_ms) won ON true
     WHERE c.cell_start_ms >= $1 AND c.cell_start_ms < $2
     WINDOW hour AS (ORDER BY c.cell_start_ms ROWS BETWEEN CURRENT ROW AND 11 FOLLOWING)`,
    [before(eight, hours(1)), after(eight, hours(2))],
  )
  return rows.map(({ granted, won }) => ({ granted: Number(granted), won: Number(won) }))
}

describe('the lot of a peak hour', () => {
  it('takes entries from the opening of the hour until the draw, and of peak hours only', async () => {
    const noon = after(eight, hours(4))
    expect(takesEntries(eight, before(eight, hours(24)))).toBe(true)
    expect(takesEntries(eight, drawAt(eight))).toBe(false)
    expect(takesEntries(noon, before(noon, hours(24)))).toBe(false)
    expect(lotHour(after(eight, minutes(50)))).toBe(eight)
    expect(await enter(0)).toMatch(/^[0-9a-f-]{36}$/)
    at.clock.advance(millis(drawAt(eight) - at.clock.now()))
    expect(await enter(1)).toBe('lot_closed')
  })

  it('gives a fifth of the hour and no more, whoever wins; the rest has lost', async () => {
    for (let n = 0; n < 40; n += 1) await enter(n)
    const won = await draw()
    const hoursOfLot = await rollingHours()
    for (const { granted, won: taken } of hoursOfLot) {
      expect(taken).toBeLessThanOrEqual(granted * (200 / 700))
    }
    // Nearly all of it: what is left has room for no van of 6.5 minutes.
    const fullest = Math.max(...hoursOfLot.map(({ granted, won: taken }) => taken / granted))
    expect(fullest).toBeGreaterThan(0.2)
    const shown = await lot()
    const results = shown?.entries.map(({ result }) => result) ?? []
    expect(results.filter((result) => result === 'won')).toHaveLength(won)
    expect(results.filter((result) => result === 'lost').length).toBe(40 - won)
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('anybody can draw again from the seed that is shown after, and its hash before', async () => {
    for (let n = 0; n < 12; n += 1) await enter(n)
    const early = await lot()
    expect(early).toMatchObject({ seed: null, drawnAt: null })
    await draw()
    const shown = await lot()
    if (!shown?.seed) throw new Error('a drawn lot')
    expect(sha256Hex(shown.seed)).toBe(early?.seedHash)
    const again = drawOrder(shown.seed, shown.entries, sha256Hex).map(({ id }) => id)
    const told = shown.entries.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
    expect(told.map(({ id }) => id)).toEqual(again)
    expect(told.map(({ place }) => place)).toEqual(again.map((_, n) => n + 1))
  })

  it('drawn by two processes at once, and again, comes to the same and sells nobody twice', async () => {
    for (let n = 0; n < 10; n += 1) await enter(n)
    await draw()
    await at.world.pool.query('UPDATE lot SET drawn_at_ms = NULL')
    await Promise.all([drawLots(deps), drawLots(deps)])
    const shown = await lot()
    expect(await drawLots(deps)).toBe(0)
    expect(await lot()).toEqual(shown)
    const { rows } = await at.world.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM lot_booking',
    )
    expect(rows[0]?.n).toBe(shown?.entries.filter(({ result }) => result === 'won').length)
  })

  it('first come cannot take its share before the draw is over, and gets what it leaves after', async () => {
    const bookAll = async () => {
      let sold = 0
      for (let n = 0; n < 80; n += 1) {
        const minute = (n % 6) * 10
        const done = await makeBooking(
          at.sale,
          at.wish(n, { windowStart: after(eight, minutes(minute)) }),
        )
        if (done.ok) sold += 1
      }
      return sold
    }
    await bookAll()
    for (const n of [60, 61]) await enter(n)
    const won = await draw()
    expect(won).toBeGreaterThan(0)
    expect(await bookAll()).toBe(0)
    at.clock.advance(millis(drawnBy(eight) - at.clock.now()))
    expect(await bookAll()).toBeGreaterThan(0)
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('a vehicle has one entry for a day, in whichever hour', async () => {
    await enter(0)
    expect(await enter(0)).toBe('lot_entered')
    // The lot of nine takes entries an hour later, while the first waits for its draw.
    at.clock.advance(hours(1))
    await at.seed()
    expect(await enter(0, after(eight, minutes(70)))).toBe('lot_entered')
  })

  it('a phone has three entries in a lot, also when five are sent at once', async () => {
    const { driver } = at.wish(0, { windowStart: eight })
    const wishes = [0, 1, 2, 3, 4].map((n) => ({
      ...at.wish(n, { windowStart: eight }),
      driver,
    }))
    const done = await Promise.all(wishes.map((wish) => enterLot(deps, wish)))
    expect(done.filter(({ ok }) => ok)).toHaveLength(3)
  })

  it('who has a booking by then wins nothing and is told why', async () => {
    await enter(0)
    const booked = await at.book(0, at.windowIn(120))
    expect(booked.ok).toBe(true)
    expect(await draw()).toBe(0)
    const { rows } = await at.world.pool.query('SELECT result, code FROM lot_entry')
    expect(rows).toEqual([{ result: 'refused', code: 'vehicle_has_booking' }])
  })
})

describe('a payer', () => {
  it('has three vehicles booked at once at most, whichever phones book them', async () => {
    const codes: string[] = []
    for (const n of [0, 1, 4, 5]) {
      const wish = at.wish(n, { windowStart: at.windowIn(120), payer: 'upi:one' })
      const done = await makeBooking(at.sale, wish)
      codes.push(done.ok ? 'booked' : done.error.code)
    }
    expect(codes).toEqual(['booked', 'booked', 'booked', 'payer_limit'])
    const other = await makeBooking(
      at.sale,
      at.wish(8, { windowStart: at.windowIn(120), payer: 'upi:other' }),
    )
    expect(other.ok).toBe(true)
  })

  it('asked for four at once, three are booked', async () => {
    const done = await Promise.all(
      [0, 1, 4, 5].map((n) =>
        makeBooking(at.sale, at.wish(n, { windowStart: at.windowIn(120), payer: 'upi:two' })),
      ),
    )
    expect(done.filter(({ ok }) => ok)).toHaveLength(3)
  })
})
