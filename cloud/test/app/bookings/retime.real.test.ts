import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
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
import { waitlistOf } from '../../../src/adapters/postgres/waitlist.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { answerRetime, runRetimes, type RetimeDeps } from '../../../src/app/bookings/retime.ts'
import { sayLate } from '../../../src/app/bookings/say-late.ts'
import { answerOffer, joinWaitlist, runWaitlist } from '../../../src/app/bookings/standby.ts'
import type { Booking } from '../../../src/domain/booking/booking.ts'
import { brokenCells } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let deps: RetimeDeps
let window: Instant
beforeAll(async () => {
  at = await saleWorld(4, 40)
  const retimes = retimesOf({ pool: at.world.pool, clock: at.clock, ids: randomIds })
  deps = { ...at.sale, retimes }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE retime_offer, message_outbox CASCADE')
  await at.reset()
  window = at.windowIn(60)
})

/** So many bookings of one window, one second after the other. */
async function sold(count: number, from = 0): Promise<Booking[]> {
  const made: Booking[] = []
  for (let n = from; n < from + count; n += 1) {
    const booking = await at.book(n, window)
    if (!booking.ok) throw new Error(`${n}: ${booking.error.code}`)
    made.push(booking.value)
    at.clock.advance(seconds(1))
  }
  return made
}

const own = ({ id, driver }: Booking) => ({ id, driver: driver ?? '' })
const said = async (booking: Booking, answer: 'accept' | 'decline') => {
  const done = await answerRetime(deps, { ...own(booking), answer })
  return done.ok ? done.value.windowStart : done.error.code
}
const offers = async () => {
  const { rows } = await at.world.pool.query<{
    booking_id: string
    to_window_ms: string | null
    answer: string | null
    sent_at_ms: string
  }>('SELECT * FROM retime_offer ORDER BY sent_at_ms, id')
  return rows
}
const oversold = async () => {
  const { rows } = await at.world.pool.query(
    `SELECT cell_start_ms, granted_milli_minutes, sold_milli_minutes, over_milli_minutes, over_grams
     FROM slot_cell WHERE (over_milli_minutes > 0 OR over_grams > 0) AND cell_start_ms >= $1`,
    [at.clock.now()],
  )
  return rows
}
const now = (booking: Booking) => at.sale.book.find(booking.id)

describe('when capacity falls', () => {
  it('J5 every booking that no longer fits is told within two minutes, the latest sale first, and no other', async () => {
    const booked = await sold(10)
    const fell = at.clock.now()
    at.clock.advance(minutes(1))
    await at.seed(3)
    at.clock.advance(seconds(10))
    const told = await runRetimes(deps)
    const made = await offers()
    expect(told).toBe(made.length)
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(booked.length)
    const latest = booked.toReversed().slice(0, told)
    expect(made.map((one) => one.booking_id).toSorted()).toEqual(
      latest.map(({ id }) => id).toSorted(),
    )
    for (const { sent_at_ms: sentAt } of made) {
      expect(Number(sentAt) - fell).toBeLessThanOrEqual(minutes(2))
    }
    // A message waits for a sender with each of them; a second run tells nobody twice.
    const { rows } = await at.world.pool.query('SELECT state FROM message_outbox')
    expect(rows).toHaveLength(told)
    expect(await runRetimes(deps)).toBe(0)
  })

  it('nobody is told while everything sold still fits', async () => {
    await sold(1)
    await at.seed(3)
    expect(await runRetimes(deps)).toBe(0)
  })

  it('accepting moves minutes, token and code at once; the old token is denied; nothing is oversold', async () => {
    const booked = await sold(10)
    await at.seed(3)
    await runRetimes(deps)
    const [last] = booked.slice(-1)
    if (last === undefined) throw new Error('a booking')
    const to = await said(last, 'accept')
    expect(to).toBeGreaterThan(window)
    expect(await now(last)).toMatchObject({
      windowStart: to,
      rev: 2,
      state: 'active',
      expires: Number(to) + minutes(30),
    })
    expect((await now(last))?.proof?.token).not.toBe(last.proof?.token)
    const { rows } = await at.world.pool.query(
      'SELECT min_rev, reason FROM denied_token WHERE booking_id = $1',
      [last.id],
    )
    expect(rows).toEqual([{ min_rev: 2, reason: 're-timed' }])
    expect(await brokenCells(at.world.pool)).toEqual([])
    expect(await said(last, 'accept')).toBe('offer_over')
  })

  it('when all who were asked accept, at once, no cell is oversold any more and none by the moves', async () => {
    const booked = await sold(10)
    await at.seed(3)
    await runRetimes(deps)
    const asked = new Set((await offers()).map((one) => one.booking_id))
    const answers = await Promise.all(
      booked.filter(({ id }) => asked.has(id)).map((one) => said(one, 'accept')),
    )
    expect(answers.filter((answer) => typeof answer === 'string')).toEqual([])
    expect(await oversold()).toEqual([])
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('declined, or not answered in time, the booking is as it was and is not asked about this window again', async () => {
    const booked = await sold(10)
    await at.seed(3)
    await runRetimes(deps)
    const [second, last] = booked.slice(-2)
    if (last === undefined || second === undefined) throw new Error('bookings')
    expect(await said(last, 'decline')).toBe(window)
    at.clock.advance(minutes(11))
    expect(await said(second, 'accept')).toBe('offer_over')
    const asked = (await offers()).length
    await runRetimes(deps)
    expect(await now(last)).toEqual(last)
    expect(await now(second)).toEqual(second)
    const again = (await offers()).slice(asked).map((one) => one.booking_id)
    // The others who were sold earlier are asked now in their place.
    expect(again).not.toContain(last.id)
    expect(again).not.toContain(second.id)
    expect(again.length).toBeGreaterThan(0)
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('at most two offers of one booking, whatever came of them', async () => {
    const [booking] = await sold(1)
    if (booking === undefined) throw new Error('a booking')
    const late = () => sayLate(deps, { ...own(booking), said: { minutes: 30 } })
    await late()
    expect(await said(booking, 'decline')).toBe(window)
    await late()
    expect(await said(booking, 'decline')).toBe(window)
    await late()
    expect(await offers()).toHaveLength(2)
    expect(await said(booking, 'accept')).toBe('offer_over')
  })

  it('without a window to offer the driver is told and keeps the booking', async () => {
    const [first] = await sold(1)
    await at.seed(0)
    expect(await runRetimes(deps)).toBe(1)
    expect((await offers()).map(({ answer, to_window_ms: to }) => [answer, to])).toEqual([
      ['told', null],
    ])
    expect(await runRetimes(deps)).toBe(0)
    expect(first && (await now(first))).toEqual(first)
    const { rows } = await at.world.pool.query('SELECT kind FROM message_outbox')
    expect(rows).toEqual([{ kind: 'retime_notice' }])
  })

  it('a stranger moves nothing', async () => {
    const [booking] = await sold(1)
    if (booking === undefined) throw new Error('a booking')
    await sayLate(deps, { ...own(booking), said: { minutes: 30 } })
    const stranger = { id: booking.id, driver: randomIds.uuid() }
    const done = await answerRetime(deps, { ...stranger, answer: 'accept' })
    expect(done.ok ? 'moved' : done.error.code).toBe('booking_unknown')
    const late = await sayLate(deps, { ...stranger, said: { minutes: 30 } })
    expect(late.ok ? 'late' : late.error.code).toBe('booking_unknown')
  })
})

describe('J9 a driver who is late', () => {
  it('LATE 30: a window that fits is offered, accepted, and the old place goes to the waiting list', async () => {
    const standby = { ...deps, waitlist: waitlistOf(at.world.pool, at.clock) }
    await at.seed(1)
    const booked = [await at.book(0, window), await at.book(1, window)]
    const [priya] = booked
    if (priya?.ok !== true) throw new Error('a booking')
    const imran = await joinWaitlist(standby, at.wish(4, { windowStart: window }))
    if (!imran.ok) throw new Error(imran.error.code)
    expect(await runWaitlist(standby)).toBe(0)
    await sayLate(deps, { ...own(priya.value), said: { minutes: 30 } })
    const to = await said(priya.value, 'accept')
    expect(to).toBeGreaterThanOrEqual(after(window, minutes(20)))
    expect(await runWaitlist(standby)).toBe(1)
    const taken = await answerOffer(standby, { ...own(imran.value), answer: 'accept' })
    expect(taken).toMatchObject({ ok: true, value: { state: 'active', windowStart: window } })
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('said after the window has begun it can still be answered', async () => {
    const [booking] = await sold(1)
    if (booking === undefined) throw new Error('a booking')
    at.clock.advance(millis(window + minutes(5) - at.clock.now()))
    await at.seed()
    await sayLate(deps, { ...own(booking), said: { minutes: 40 } })
    at.clock.advance(minutes(2))
    expect(await said(booking, 'accept')).toBeGreaterThan(window + minutes(25))
  })

  it('five minutes outside the window are none, six are', async () => {
    const [booking] = await sold(1)
    if (booking === undefined) throw new Error('a booking')
    const told = (minute: number) =>
      sayLate(deps, { ...own(booking), said: { arrivalMs: after(window, minutes(minute)) } })
    await told(15)
    await told(-5)
    expect(await offers()).toHaveLength(0)
    await told(16)
    expect(await offers()).toHaveLength(1)
  })

  it('the token stays valid until the driver comes, to s+60 at most and never shorter', async () => {
    const [booking] = await sold(1)
    if (booking === undefined) throw new Error('a booking')
    const ends = async (minute: number) => {
      await sayLate(deps, { ...own(booking), said: { minutes: minute } })
      return (Number((await now(booking))?.expires) - window) / minutes(1)
    }
    expect(await ends(20)).toBe(30)
    expect(await ends(45)).toBe(45)
    expect(await ends(90)).toBe(60)
    expect(await ends(20)).toBe(60)
  })
})
