import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import {
  after,
  dayNumber,
  hours,
  millis,
  minutes,
  seconds,
  type Instant,
} from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { retimesOf } from '../../../src/adapters/postgres/retimes.ts'
import { supplyCutsOf } from '../../../src/adapters/postgres/supply-cuts.ts'
import { waitlistOf } from '../../../src/adapters/postgres/waitlist.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { listWindows } from '../../../src/app/bookings/list-windows.ts'
import { answerRetime, runRetimes } from '../../../src/app/bookings/retime.ts'
import { joinWaitlist, runWaitlist } from '../../../src/app/bookings/standby.ts'
import { declareCut, runCuts, type CutDeps } from '../../../src/app/bookings/supply-cut.ts'
import type { Booking } from '../../../src/domain/booking/booking.ts'
import { brokenCells, demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let deps: CutDeps
let until: Instant
const station = stationNo(demoStationNo)
const by = randomIds.uuid()

beforeAll(async () => {
  at = await saleWorld(8, 120)
  const retimes = retimesOf({ pool: at.world.pool, clock: at.clock, ids: randomIds })
  deps = { ...at.sale, retimes, cuts: supplyCutsOf(at.world.pool) }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE retime_offer, message_outbox, supply_cut, refund_due CASCADE')
  await at.reset()
  until = after(at.clock.now(), hours(4))
})

const own = ({ id, driver }: Booking) => ({ id, driver: driver ?? '' })
const declare = (end = until) => declareCut(deps, { station, until: end, by })

/** Sold one after the other from the first window on, as many as there is room for. */
async function sold(count: number): Promise<Booking[]> {
  const made: Booking[] = []
  let ahead = 30
  for (let n = 0; n < count && ahead < 230;) {
    const booking = await at.book(n, at.windowIn(ahead))
    if (booking.ok) {
      made.push(booking.value)
      n += 1
      at.clock.advance(millis(10))
    } else ahead += 10
  }
  if (made.length !== count) throw new Error(`only ${made.length} were sold`)
  return made
}

async function told() {
  const { rows } = await at.world.pool.query<{ n: number }>(
    `SELECT count(DISTINCT booking_id)::int AS n FROM retime_offer WHERE cause = 'supply'`,
  )
  return rows[0]?.n ?? 0
}

describe('J7 a supply cut', () => {
  it('stops the sale of its windows at once, on the page, at the door and for the waiting list', async () => {
    const window = at.windowIn(60)
    await at.seed(1)
    await at.book(0, window)
    await at.book(1, window)
    const standby = { ...deps, waitlist: waitlistOf(at.world.pool, at.clock) }
    await joinWaitlist(standby, at.wish(4, { windowStart: window }))
    await at.seed()
    expect((await declare()).ok).toBe(true)
    const refused = await at.book(8, window)
    expect(refused.ok ? 'sold' : refused.error.code).toBe('supply_cut')
    expect((await at.book(8, after(until, minutes(10)))).ok).toBe(true)
    const query = { station, vehicleClass: 'auto', gas: at.wish(0, { windowStart: window }).grams }
    const shown = await listWindows(deps, { ...query, vehicleClass: 'auto', from: at.clock.now() })
    expect(shown.filter(({ start, room }) => start < until && room !== 'full')).toEqual([])
    expect(await runWaitlist(standby)).toBe(0)
  })

  it('tells a hundred bookings in waves of fifty a minute, the fullest window first, each once', async () => {
    const booked = await sold(100)
    await declare()
    const waves: number[] = []
    for (let second = 0; second <= 180; second += 10) {
      // Two processes look at the same time.
      const [one, other] = await Promise.all([runCuts(deps), runCuts(deps)])
      if (one + other > 0) waves.push(one + other)
      at.clock.advance(seconds(10))
    }
    expect(waves).toEqual([50, 50])
    expect(await told()).toBe(100)
    const { rows } = await at.world.pool.query<{ window: string; work: string; first: string }>(
      `SELECT b.window_start_ms AS window, sum(b.work_milli_minutes) AS work,
         min(o.sent_at_ms) AS first
       FROM retime_offer o JOIN booking b ON b.id = o.booking_id
       GROUP BY 1 ORDER BY first, work DESC`,
    )
    expect(rows.length).toBeGreaterThan(2)
    const work = rows.map((row) => Number(row.work))
    expect(work).toEqual(work.toSorted((a, b) => b - a))
    expect(booked.length).toBe(100)
  })

  it('who accepts is moved past the cut, and nothing is oversold there', async () => {
    const booked = await sold(30)
    await declare()
    await runCuts(deps)
    const answers = await Promise.all(
      booked.map((one) => answerRetime(deps, { ...own(one), answer: 'accept' })),
    )
    const moved = answers.flatMap((answer) => (answer.ok ? [answer.value.windowStart] : []))
    expect(moved.length).toBeGreaterThan(10)
    expect(moved.every((start) => start >= until)).toBe(true)
    expect(await brokenCells(at.world.pool)).toEqual([])
    const { rows } = await at.world.pool.query(
      'SELECT * FROM slot_cell WHERE over_milli_minutes > 0 OR over_grams > 0',
    )
    expect(rows).toEqual([])
  })

  it('prepaid money of who is not moved is marked to go back, once; who moves keeps the booking paid', async () => {
    const [stays, moves, silent, pays] = await sold(4)
    if (!stays || !moves || !silent || !pays) throw new Error('bookings')
    await at.world.pool.query(
      `UPDATE booking SET payment_mode = 'prepaid', paid_paise = 40000 WHERE id = ANY ($1::uuid[])`,
      [[stays.id, moves.id, silent.id]],
    )
    await declare()
    await runCuts(deps)
    await answerRetime(deps, { ...own(moves), answer: 'accept' })
    await answerRetime(deps, { ...own(stays), answer: 'decline' })
    at.clock.advance(minutes(11))
    await runRetimes(deps)
    await runRetimes(deps)
    const { rows } = await at.world.pool.query<{ booking_id: string; paise: string }>(
      'SELECT booking_id, paise FROM refund_due',
    )
    const marked = rows.map((row) => row.booking_id)
    expect(marked.toSorted()).toEqual([stays.id, silent.id].toSorted())
    expect(rows.every(({ paise }) => paise === '40000')).toBe(true)
  })

  it('is one incident however often its end moves, and over when its end has come or gas is back', async () => {
    const first = await declare()
    const second = await declare(after(until, hours(1)))
    if (!first.ok || !second.ok) throw new Error('a cut')
    expect(second.value).toMatchObject({ id: first.value.id, until: after(until, hours(1)) })
    expect(await deps.cuts.end(station, at.clock.now())).toBe(true)
    expect(await deps.cuts.end(station, at.clock.now())).toBe(false)
    expect((await at.book(0, at.windowIn(60))).ok).toBe(true)
    await declare()
    at.clock.advance(hours(4))
    await runCuts(deps)
    expect(await deps.cuts.open(station)).toBeUndefined()
  })

  it('ends in the future and within a day', async () => {
    const codes = await Promise.all(
      [at.clock.now(), after(at.clock.now(), hours(25))].map(async (end) => {
        const done = await declare(end)
        return done.ok ? 'declared' : done.error.code
      }),
    )
    expect(codes).toEqual(['window_past', 'window_past'])
  })
})
