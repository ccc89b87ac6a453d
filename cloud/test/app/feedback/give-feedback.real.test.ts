import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { after, dayNumber, hours, millis } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bookingFillsOf } from '../../../src/adapters/postgres/booking-fills.ts'
import { databaseOf } from '../../../src/adapters/postgres/database.ts'
import { feedbacksOf } from '../../../src/adapters/postgres/fill-feedback.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { giveFeedback } from '../../../src/app/feedback/give-feedback.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

const station = stationNo(demoStationNo)

let at: SaleWorld
beforeAll(async () => {
  at = await saleWorld(4, 10)
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE fill_feedback, sale CASCADE')
  await at.reset()
})

const driverOf = (n: number): string => at.wish(n, { windowStart: at.windowIn(60) }).driver

describe('stars for a fill', () => {
  type Given = { readonly id: string; readonly fill: string }
  const give = async ({ id, fill }: Given, stars: number, driver = driverOf(0)) => {
    const { pool } = at.world
    const done = await giveFeedback(
      {
        ...{ book: at.sale.book, fills: bookingFillsOf(databaseOf(pool)), clock: at.clock },
        feedbacks: feedbacksOf(pool),
      },
      { id: bookingId(id), driver, fill, stars },
    )
    return done.ok ? 'given' : done.error.code
  }

  async function filled(): Promise<Given> {
    const sold = await at.book(0, at.windowIn(60))
    if (!sold.ok) throw new Error(sold.error.code)
    const fill = randomIds.uuid()
    await at.world.pool.query(
      `INSERT INTO sale (fill_id, station_no, booking_id, position_no, grams, amount_paise,
         price_paise_per_kg, totaliser_before_grams, totaliser_after_grams, settled_at_ms, recv_at_ms)
       VALUES ($1, $2, $3, 1, 4000, 36800, 9200, 0, 4000, $4, $4)`,
      [fill, station, sold.value.id, at.clock.now()],
    )
    return { id: sold.value.id, fill }
  }

  it('one word for a fill, from its own driver, within a week; each no has its code', async () => {
    const own = await filled()
    const { id } = own
    expect(await give(own, 4, driverOf(1))).toBe('booking_unknown')
    expect(await give({ id, fill: randomIds.uuid() }, 4)).toBe('fill_unknown')
    const both = await Promise.all([give(own, 4), give(own, 1)])
    expect(both.toSorted()).toEqual(['feedback_given', 'given'])
    const fills = await bookingFillsOf(databaseOf(at.world.pool)).of([bookingId(id)])
    expect([1, 4]).toContain(fills.get(bookingId(id))?.[0]?.stars)
    at.clock.advance(hours(24 * 8))
    expect(await give(own, 4)).toBe('feedback_over')
  })

  it('who says nothing is counted beside who gave stars', async () => {
    expect(await give(await filled(), 5)).toBe('given')
    await at.world.pool.query(
      `INSERT INTO sale SELECT gen_random_uuid(), station_no, booking_id, ticket_id, position_no, grams,
         amount_paise, price_paise_per_kg, totaliser_before_grams, totaliser_after_grams, flag,
         settled_at_ms, recv_at_ms FROM sale`,
    )
    const counts = await feedbacksOf(at.world.pool).counts(
      station,
      after(at.clock.now(), hours(-1)),
    )
    expect(counts).toEqual({ byStars: [0, 0, 0, 0, 1], fills: 2 })
  })
})
