import { beforeEach, expect, it, vi } from 'vitest'
import { booking } from '@baari/shared/contracts/http/cloud-api'
import { keepTicket, savedTickets, saveTickets } from '../src/api/saved-tickets.ts'

function sample(n: number, state = 'active'): ReturnType<typeof booking.parse> {
  return booking.parse({
    id: `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    station: 42,
    stationName: 'Vastrapur',
    state,
    rev: 1,
    windowStartMs: 1_760_000_000_000,
    windowEndMs: 1_760_000_600_000,
    expiresMs: 1_760_001_800_000,
    leaveByMs: null,
    plate: 'GJ01AB1234',
    vehicleClass: 'auto',
    grams: 4000,
    payment: 'pump',
    pricePaisePerKg: 8950,
    token: 'BAARI1:X',
    code: '482109379',
    holdUntilMs: null,
    fills: [],
  })
}

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
})

it('a ticket seen once is there without the network', () => {
  keepTicket(sample(1))
  expect(savedTickets().map((each) => each.token)).toEqual(['BAARI1:X'])
})

it('a newer copy takes the place of the older one, in front', () => {
  saveTickets([sample(1), sample(2)])
  keepTicket(sample(2, 'cancelled'))
  expect(savedTickets().map((each) => each.state)).toEqual(['cancelled', 'active'])
})

it('the phone keeps ten and forgets older ones', () => {
  saveTickets(Array.from({ length: 14 }, (_, n) => sample(n)))
  expect(savedTickets()).toHaveLength(10)
})

it('a copy that does not fit the contract is as if it were not there', () => {
  localStorage.setItem('baari.bookings', '[{"id":"x"}]')
  expect(savedTickets()).toEqual([])
  localStorage.setItem('baari.bookings', '{oops')
  expect(savedTickets()).toEqual([])
})
