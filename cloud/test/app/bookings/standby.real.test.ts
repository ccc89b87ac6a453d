import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import {
  after,
  dayNumber,
  hours,
  instant,
  millis,
  minutes,
  type Instant,
} from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitlistOf } from '../../../src/adapters/postgres/waitlist.ts'
import type { OwnBooking } from '../../../src/app/bookings/confirm-hold.ts'
import { cancelBooking, finalCancel } from '../../../src/app/bookings/cancel-booking.ts'
import {
  answerOffer,
  joinWaitlist,
  runWaitlist,
  type StandbyDeps,
} from '../../../src/app/bookings/standby.ts'
import { answerUntil } from '../../../src/domain/booking/standby.ts'
import { brokenCells } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

/** One position: a window's half hour has room for two autos. */
let at: SaleWorld
let deps: StandbyDeps
let window: Instant
beforeAll(async () => {
  at = await saleWorld(1, 16)
  deps = { ...at.sale, waitlist: waitlistOf(at.world.pool, at.clock) }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.reset()
  window = at.windowIn(60)
})

const autos = [0, 1, 4, 5, 8, 9]

/** The window full, and as many on its list as asked for. */
async function fullWindow(waiting: number) {
  const sold = [await at.book(autos[0] ?? 0, window), await at.book(autos[1] ?? 1, window)]
  expect(sold.map(({ ok }) => ok)).toEqual([true, true])
  const listed: OwnBooking[] = []
  for (const n of autos.slice(2, 2 + waiting)) {
    const joined = await joinWaitlist(deps, at.wish(n, { windowStart: window }))
    if (!joined.ok) throw new Error(joined.error.code)
    listed.push({ id: joined.value.id, driver: joined.value.driver ?? '' })
    at.clock.advance(millis(1_000))
  }
  const [first] = sold
  if (first?.ok !== true) throw new Error('a booking')
  return { listed, booked: { id: first.value.id, driver: first.value.driver ?? '' } }
}

function one(listed: readonly OwnBooking[], n: number): OwnBooking {
  const own = listed[n]
  if (own === undefined) throw new Error('on the list')
  return own
}

async function free({ id, driver }: OwnBooking) {
  await cancelBooking(at.sale, { id, driver })
  await deps.waitlist.transact(async (tx) => {
    await finalCancel(tx, id)
    return { ok: true, value: null }
  })
}

const answer = async (own: OwnBooking, said: 'accept' | 'snooze' | 'leave') => {
  const done = await answerOffer(deps, { ...own, answer: said })
  return done.ok ? done.value.state : done.error.code
}

describe('the waiting list of a window', () => {
  it('offers a place that came free to the first, and to nobody else until it is answered', async () => {
    const { listed, booked } = await fullWindow(2)
    expect(await runWaitlist(deps)).toBe(0)
    await free(booked)
    expect(await Promise.all([runWaitlist(deps), runWaitlist(deps)]).then(sum)).toBe(1)
    expect(await runWaitlist(deps)).toBe(0)
    expect(await answer(one(listed, 1), 'accept')).toBe('offer_over')
    // Whoever is not on the list cannot take what was offered.
    const other = await at.book(autos[5] ?? 9, window)
    expect(other.ok ? 'sold' : other.error.code).toBe('window_full')
    expect(await answer(one(listed, 0), 'accept')).toBe('active')
    expect(await answer(one(listed, 0), 'accept')).toBe('offer_over')
    expect(await brokenCells(at.world.pool)).toEqual([])
    expect(await deps.book.find(one(listed, 0).id)).toMatchObject({
      state: 'active',
      proof: { code: expect.any(String) },
    })
  })

  it('snoozed or unanswered stays on the list and the next one is asked; leaving leaves it', async () => {
    const { listed, booked } = await fullWindow(3)
    await free(booked)
    await runWaitlist(deps)
    expect(await answer(one(listed, 0), 'snooze')).toBe('waitlisted')
    expect(await runWaitlist(deps)).toBe(1)
    at.clock.advance(minutes(10))
    expect(await answer(one(listed, 1), 'accept')).toBe('offer_over')
    expect(await runWaitlist(deps)).toBe(1)
    expect(await answer(one(listed, 2), 'leave')).toBe('cancelled')
    at.clock.advance(minutes(1))
    await runWaitlist(deps)
    expect(await answer(one(listed, 0), 'accept')).toBe('active')
  })

  it('accepted twice at once is taken once; beside a sale of the same vehicle nothing is sold twice', async () => {
    const { listed, booked } = await fullWindow(1)
    await free(booked)
    await runWaitlist(deps)
    const said = await Promise.all([
      answer(one(listed, 0), 'accept'),
      answer(one(listed, 0), 'accept'),
    ])
    expect(said.toSorted()).toEqual(['active', 'offer_over'])
    expect(await brokenCells(at.world.pool)).toEqual([])
  })

  it('ends when no remote channel sells the window any more, and a vehicle waits once', async () => {
    const { listed } = await fullWindow(1)
    const again = await joinWaitlist(deps, at.wish(autos[2] ?? 4, { windowStart: window }))
    expect(again.ok ? 'joined' : again.error.code).toBe('vehicle_has_booking')
    at.clock.advance(minutes(46))
    await runWaitlist(deps)
    expect(await deps.book.find(one(listed, 0).id)).toMatchObject({
      state: 'expired',
    })
  })

  it('can be left at any time, and holds nothing', async () => {
    const { listed } = await fullWindow(1)
    const left = await cancelBooking(at.sale, one(listed, 0))
    expect(left).toMatchObject({ ok: true, value: { state: 'cancelled' } })
    expect(await brokenCells(at.world.pool)).toEqual([])
  })
})

it('an offer is answered within 3 min of its receipt, and 10 min of its sending at most', () => {
  const sentAt = instant(0)
  const until = (deliveredAt: number | undefined) =>
    answerUntil({
      sentAt,
      deliveredAt: deliveredAt === undefined ? undefined : instant(deliveredAt),
    })
  expect(until(undefined)).toBe(minutes(10))
  expect(until(minutes(1))).toBe(minutes(4))
  expect(until(minutes(9))).toBe(minutes(10))
})

const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
