import { verify, createPublicKey } from 'node:crypto'
import { decodeToken } from '@baari/shared/codecs/token'
import { checkShortCode, readShortCode } from '@baari/shared/codecs/short-code'
import { plateTagOf } from '@baari/shared/codecs/plate-tag'
import { istDay, slotOfDay } from '@baari/shared/units/ist-calendar'
import { bookingId } from '@baari/shared/units/names'
import { after, before, dayNumber, hours, minutes, type Instant } from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { codeMac } from '../../../src/adapters/keys/token-issuer.ts'
import { inTransaction } from '../../../src/adapters/postgres/pool.ts'
import { saleTxOf } from '../../../src/adapters/postgres/sale-book.ts'
import { cancelBooking, finalCancel } from '../../../src/app/bookings/cancel-booking.ts'
import { confirmHold } from '../../../src/app/bookings/confirm-hold.ts'
import { listWindows } from '../../../src/app/bookings/list-windows.ts'
import { makeBooking } from '../../../src/app/bookings/make-booking.ts'
import { sweepBookings } from '../../../src/app/bookings/sweep-bookings.ts'
import type { Booking } from '../../../src/domain/booking/booking.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let window: Instant
beforeAll(async () => {
  at = await saleWorld(8, 60)
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  await at.reset()
  window = at.windowIn(120)
})

async function sold(n: number, hold = false, start = window): Promise<Booking> {
  const made = await at.book(n, start, hold)
  if (!made.ok) throw new Error(made.error.code)
  return made.value
}

async function soldWork(): Promise<number> {
  const { rows } = await at.world.pool.query<{ sum: string }>(
    'SELECT sum(sold_milli_minutes) FROM slot_cell',
  )
  return Number(rows[0]?.sum)
}

async function acknowledge(id: Booking['id']): Promise<Booking | undefined> {
  return inTransaction(at.world.pool, (client) => finalCancel(saleTxOf(client, at.clock), id))
}

const own = ({ id, driver }: Booking) => ({ id, driver: driver ?? '' })
const stateOf = async ({ id }: Booking) => (await at.sale.book.find(id))?.state
const code = (result: { ok: boolean; error?: { code: string } }) => result.error?.code

describe('a booking paid at the pump', () => {
  it('is active at once with a token for its window, station, plate and re-test day', async () => {
    const booking = await sold(1)
    expect(booking.state).toBe('active')
    const token = decodeToken(booking.proof?.token ?? '')
    if (!token.ok) throw new Error(token.error.detail)
    const { claims, kid } = token.value
    expect(kid).toBe(3)
    expect(claims).toMatchObject({
      station: 42,
      booking: booking.id,
      notBefore: window,
      expires: after(window, minutes(30)),
      rev: 1,
      prepaid: 0,
      maxUses: 1,
      retestDay: 60_000,
      plateTag: plateTagOf(booking.id, booking.plate, codeMac.hmac),
    })
  })

  it('carries a nine-digit code that the station reads back to the window’s slot', async () => {
    const booking = await sold(1)
    const digits = checkShortCode(booking.proof?.code ?? '')
    const kStation = await at.sale.stations.codeSecret(booking.station)
    if (!digits.ok || kStation === undefined) throw new Error('code')
    const place = readShortCode(digits.value, istDay(window), { kStation, mac: codeMac })
    expect(place).toEqual({ day: istDay(window), slot: slotOfDay(window), n: 0 })
  })

  it('a second one for the same vehicle is refused, also in another window', async () => {
    await sold(1)
    expect(code(await at.book(1, at.windowIn(300)))).toBe('vehicle_has_booking')
  })

  it('the same request key gives the same booking, also from two requests at once', async () => {
    const wish = at.wish(2, { windowStart: window, requestKey: 'key-1' })
    const made = await Promise.all([1, 2, 3].map(() => makeBooking(at.sale, wish)))
    const ids = made.map((each) => (each.ok ? each.value.id : each.error.code))
    expect(new Set(ids).size).toBe(1)
    expect(await soldWork()).toBe((await at.sale.book.find(bookingId(ids[0] ?? '')))?.work)
  })

  it('a re-test that ends before the day of the window is refused; on the day it is accepted', async () => {
    const day = istDay(window)
    const wish = at.wish(3, { windowStart: window })
    const until = (retestDay: number) =>
      makeBooking(at.sale, {
        ...wish,
        vehicle: { ...wish.vehicle, retestDay: dayNumber(retestDay) },
      })
    expect(code(await until(day - 1))).toBe('retest_expired')
    expect((await until(day)).ok).toBe(true)
  })

  it('R10 a window in the past, within 15 minutes, off the grid or beyond 24 h is refused', async () => {
    const now = at.clock.now()
    const tries: readonly [Instant, string][] = [
      [before(at.windowIn(0), hours(1)), 'window_past'],
      [at.windowIn(10), 'window_past'],
      [after(window, minutes(1)), 'window_unknown'],
      [after(at.windowIn(0), hours(25)), 'window_unknown'],
    ]
    for (const [start, expected] of tries) expect(code(await at.book(4, start))).toBe(expected)
    expect((await at.book(4, after(now, minutes(15)))).ok).toBe(true)
  })

  it('a nozzle the station has not is refused', async () => {
    const wish = at.wish(5, { windowStart: window })
    const ngv2 = { ...wish, vehicle: { ...wish.vehicle, nozzle: 'ngv2' as const } }
    expect(code(await makeBooking(at.sale, ngv2))).toBe('window_unknown')
  })

  it('when the 23 codes of a slot are used the next five minutes lend theirs, then it is full', async () => {
    await at.world.pool.query('UPDATE slot_cell SET granted_milli_minutes = 10000000')
    const places = []
    for (let n = 0; n < 46; n += 1) places.push((await sold(n)).proof?.codePlace)
    const first = slotOfDay(window)
    expect(places.filter((place) => place?.slot === first)).toHaveLength(23)
    expect(places.filter((place) => place?.slot === first + 1)).toHaveLength(23)
    expect(Math.max(...places.map((place) => place?.n ?? 99))).toBe(22)
    expect(code(await at.book(46, window))).toBe('window_full')
  })
})

describe('a hold', () => {
  it('keeps capacity for ten minutes and becomes confirmed with token and code', async () => {
    const held = await sold(1, true)
    expect([held.state, held.proof, held.holdUntil]).toEqual([
      'held',
      undefined,
      after(at.clock.now(), minutes(10)),
    ])
    at.clock.advance(minutes(9))
    const confirmed = await confirmHold(at.sale, own(held))
    expect(confirmed.ok && [confirmed.value.state, confirmed.value.holdUntil]).toEqual([
      'confirmed',
      undefined,
    ])
    const stored = await at.sale.book.find(held.id)
    expect(stored?.proof?.token).toMatch(/^BAARI1:/)
    expect(await confirmHold(at.sale, own(held))).toMatchObject({ ok: true })
  })

  it('confirmed twice at once is confirmed once, with one code', async () => {
    const held = await sold(1, true)
    const both = await Promise.all([
      confirmHold(at.sale, own(held)),
      confirmHold(at.sale, own(held)),
    ])
    expect(both.every(({ ok }) => ok)).toBe(true)
    expect((await at.sale.book.find(held.id))?.version).toBe(held.version + 1)
  })

  it('R11 run out is expiring for three minutes, expires once and gives its capacity back', async () => {
    const held = await sold(1, true)
    at.clock.advance(minutes(10))
    expect(code(await confirmHold(at.sale, own(held)))).toBe('hold_expired')
    const swept = await Promise.all([1, 2, 3].map(() => sweepBookings(at.sale)))
    expect(swept.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect([await stateOf(held), await soldWork()]).toEqual(['expiring', held.work])
    at.clock.advance(minutes(3))
    expect(await sweepBookings(at.sale)).toBe(1)
    expect([await stateOf(held), await soldWork()]).toEqual(['expired', 0])
    expect(await sweepBookings(at.sale)).toBe(0)
    expect((await at.book(1, window)).ok).toBe(true)
  })

  it('a third one of the same phone is refused, also when two are asked at once', async () => {
    const wishes = [10, 11, 12, 13].map((n) => ({
      ...at.wish(n, { windowStart: window, hold: true }),
      driver: at.wish(1, { windowStart: window }).driver,
    }))
    const made = await Promise.all(wishes.map((wish) => makeBooking(at.sale, wish)))
    expect(made.filter(({ ok }) => ok)).toHaveLength(2)
    expect(made.filter((each) => code(each) === 'too_many_holds')).toHaveLength(2)
  })

  it('released by the driver frees its capacity at once', async () => {
    const held = await sold(1, true)
    expect(await cancelBooking(at.sale, own(held))).toMatchObject({ value: { state: 'cancelled' } })
    expect(await soldWork()).toBe(0)
  })
})

describe('a cancel', () => {
  it('R12 of an unknown id or of another driver’s booking changes nothing', async () => {
    const booking = await sold(1)
    const stranger = at.wish(2, { windowStart: window }).driver
    const unknown = bookingId('00000000-0000-7000-8000-000000000000')
    expect(code(await cancelBooking(at.sale, { id: unknown, driver: stranger }))).toBe(
      'booking_unknown',
    )
    expect(code(await cancelBooking(at.sale, { id: booking.id, driver: stranger }))).toBe(
      'booking_unknown',
    )
    expect(await stateOf(booking)).toBe('active')
  })

  it('waits for the station: pending, token denied, capacity and plate kept', async () => {
    const booking = await sold(1)
    const asked = await cancelBooking(at.sale, own(booking))
    expect(asked.ok && asked.value.state).toBe('cancel_pending')
    const denied = await at.world.pool.query('SELECT * FROM denied_token')
    expect(denied.rows).toEqual([
      { booking_id: booking.id, station_no: 42, min_rev: 2, reason: 'cancelled' },
    ])
    expect(await soldWork()).toBe(booking.work)
    expect(code(await at.book(1, at.windowIn(300)))).toBe('vehicle_has_booking')
    expect(await cancelBooking(at.sale, own(booking))).toMatchObject({ ok: true })
  })

  it('R12 acknowledged by the station is final once and frees exactly what was taken', async () => {
    const [booking, other] = [await sold(1), await sold(2)]
    await cancelBooking(at.sale, own(booking))
    expect((await acknowledge(booking.id))?.state).toBe('cancelled')
    expect(await acknowledge(booking.id)).toBeUndefined()
    expect(await soldWork()).toBe(other.work)
    expect((await at.book(1, window)).ok).toBe(true)
  })

  it('never acknowledged is final two minutes after the token’s end', async () => {
    const booking = await sold(1)
    await cancelBooking(at.sale, own(booking))
    at.clock.advance(minutes(120 + 31))
    await sweepBookings(at.sale)
    expect(await stateOf(booking)).toBe('cancel_pending')
    at.clock.advance(minutes(1))
    await sweepBookings(at.sale)
    expect(await stateOf(booking)).toBe('cancelled')
  })

  it('after a check-in is refused: what happened on the ground stands', async () => {
    const booking = await sold(1)
    await at.world.pool.query(`UPDATE booking SET state = 'checked_in' WHERE id = $1`, [booking.id])
    expect(code(await cancelBooking(at.sale, own(booking)))).toBe('booking_final')
    expect(await acknowledge(booking.id)).toBeUndefined()
  })
})

describe('time passing', () => {
  it('unused capacity is released at s+10; a vehicle that checked in keeps it', async () => {
    const [missing, present] = [await sold(1), await sold(2)]
    await at.world.pool.query(`UPDATE booking SET state = 'checked_in' WHERE id = $1`, [present.id])
    at.clock.advance(minutes(129))
    await sweepBookings(at.sale)
    expect(await soldWork()).toBe(missing.work + present.work)
    at.clock.advance(minutes(1))
    await sweepBookings(at.sale)
    expect(await soldWork()).toBe(present.work)
  })

  it('a booking nobody heard of is a provisional no-show a day after its end and frees the plate', async () => {
    const booking = await sold(1)
    at.clock.advance(minutes(150 + 24 * 60))
    await sweepBookings(at.sale)
    expect(await stateOf(booking)).toBe('no_show')
    await at.seed()
    expect((await at.book(1, at.windowIn(60))).ok).toBe(true)
  })

  it('a station’s fact lifts a cancelled booking although its vehicle has the next one', async () => {
    const booking = await sold(1)
    await cancelBooking(at.sale, own(booking))
    await acknowledge(booking.id)
    await sold(1, false, at.windowIn(300))
    await at.world.pool.query(`UPDATE booking SET state = 'checked_in' WHERE id = $1`, [booking.id])
    expect(await stateOf(booking)).toBe('checked_in')
  })
})

describe('windows on offer', () => {
  it('read free, few and full as the half hour behind them fills', async () => {
    const ask = async () => {
      const { station, vehicle, grams } = at.wish(2, { windowStart: window })
      const query = {
        station,
        vehicleClass: vehicle.vehicleClass,
        gas: grams,
        from: at.clock.now(),
      }
      const windows = await listWindows(at.sale, query)
      return windows.find(({ start }) => start === window)?.room
    }
    expect(await ask()).toBe('free')
    const seen = new Set<string | undefined>()
    for (let n = 0; n < 60; n += 1) {
      const made = await at.book(n, window)
      seen.add(await ask())
      if (!made.ok) break
    }
    expect([...seen]).toEqual(['free', 'few', 'full'])
  })
})

it('tokens verify under the public half of the signing key and not when a bit is off', async () => {
  const booking = await sold(1)
  const token = decodeToken(booking.proof?.token ?? '')
  if (!token.ok) throw new Error('token')
  const key = createPublicKey(at.signingKey)
  expect(verify(null, token.value.signed, key, token.value.signature)).toBe(true)
  const off = Uint8Array.from(token.value.signed, (byte, i) => (i === 40 ? byte ^ 1 : byte))
  expect(verify(null, off, key, token.value.signature)).toBe(false)
})
