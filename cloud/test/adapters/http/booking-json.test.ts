import { nothingKnown, type StationLive } from '@baari/shared/contracts/http/cloud-api'
import { normalisePlate } from '@baari/shared/domain/plate/plate'
import { grams } from '@baari/shared/units/mass'
import { noPaise, paisePerKg } from '@baari/shared/units/money'
import { bookingId, stationNo } from '@baari/shared/units/names'
import { after, dayNumber, instant, millis, minutes } from '@baari/shared/units/time'
import { milliMinutes } from '@baari/shared/units/work'
import { expect, it } from 'vitest'
import { bookingJson } from '../../../src/adapters/http/booking-json.ts'
import type { Booking } from '../../../src/domain/booking/booking.ts'

const plate = normalisePlate('GJ01AB1234')
if (!plate.ok) throw new Error('a plate')

const now = instant(Date.parse('2026-11-22T08:37:00Z'))

const booked = (change: Partial<Booking> = {}): Booking => ({
  id: bookingId('00000001-0000-7000-8000-00000000b001'),
  station: stationNo(42),
  state: 'active',
  rev: 1,
  version: 1,
  windowStart: after(now, minutes(40)),
  expires: after(now, minutes(70)),
  vehicleClass: 'auto',
  nozzle: 'ngv1',
  grams: grams(4_000),
  plate: plate.value,
  driverName: undefined,
  retestDay: dayNumber(21_000),
  paymentMode: 'pump',
  paid: noPaise,
  channel: 'app',
  driver: undefined,
  vehicle: undefined,
  holdUntil: undefined,
  work: milliMinutes(3_000),
  price: paisePerKg(8_950),
  lease: undefined,
  proof: undefined,
  requestKey: undefined,
  createdAt: now,
  ...change,
})

const at150Bar: StationLive = { ...nothingKnown, stale: false, fillPercent: 75 }

const expected = (booking: Booking, live: StationLive | undefined) =>
  bookingJson(booking, {
    ...{ stationName: 'Vastrapur', fills: [], delay: millis(0), retime: undefined },
    ...{ live, now },
  }).expectedGrams

it('J7 who has booked the next hour reads what a low pressure gives of the fill', () => {
  expect(expected(booked(), at150Bar)).toBe(3_000)
  expect(expected(booked({ grams: grams(8_000) }), at150Bar)).toBe(6_000)
})

it('nothing is said of a full pressure, an old word, a far window or a booking that is over', () => {
  expect(expected(booked(), { ...at150Bar, fillPercent: 90 })).toBeNull()
  expect(expected(booked(), { ...at150Bar, stale: true })).toBeNull()
  expect(expected(booked(), undefined)).toBeNull()
  expect(expected(booked({ windowStart: after(now, minutes(61)) }), at150Bar)).toBeNull()
  expect(expected(booked({ state: 'cancelled' }), at150Bar)).toBeNull()
})
