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
import { messageOutboxOf } from '../../../src/adapters/postgres/outbox.ts'
import { retimesOf } from '../../../src/adapters/postgres/retimes.ts'
import { randomIds } from '../../../src/adapters/system/random-ids.ts'
import { answerRetime, runRetimes, type RetimeDeps } from '../../../src/app/bookings/retime.ts'
import { sayLate } from '../../../src/app/bookings/say-late.ts'
import {
  deliverMessages,
  type AskCarrier,
  type SendMessage,
} from '../../../src/app/messaging/deliver-messages.ts'
import { receiveReceipt } from '../../../src/app/messaging/receive-receipt.ts'
import type { Booking } from '../../../src/domain/booking/booking.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let deps: RetimeDeps
let window: Instant
let booking: Booking
const sandboxRefs: string[] = []
/** A vendor that takes everything, as the sandbox does. */
const sandbox: SendMessage = ({ id }) => {
  sandboxRefs.push(`SM-${id}`)
  return Promise.resolve({ kind: 'sent', ref: `SM-${id}` })
}

beforeAll(async () => {
  at = await saleWorld(2, 8)
  const retimes = retimesOf({ pool: at.world.pool, clock: at.clock, ids: randomIds })
  deps = { ...at.sale, retimes }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  sandboxRefs.length = 0
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE retime_offer, message_outbox CASCADE')
  await at.reset()
  window = at.windowIn(120)
  const sold = await at.book(0, window)
  if (!sold.ok) throw new Error(sold.error.code)
  booking = sold.value
  await sayLate(deps, { ...own(), said: { minutes: 30 } })
})

const own = () => ({ id: booking.id, driver: booking.driver ?? '' })
const outbox = () => messageOutboxOf(at.world.pool)
const silent: AskCarrier = () => Promise.resolve({ kind: 'unknown' })
const deliver = (send: SendMessage = sandbox, ask = silent) =>
  deliverMessages({ outbox: outbox(), send, ask, clock: at.clock })
const receipt = (ref: string, outcome: 'held' | 'delivered' | 'undelivered' = 'delivered') =>
  receiveReceipt(
    { outbox: outbox(), clock: at.clock },
    { ref, outcome, code: undefined, message: ref.slice('SM-'.length) },
  )
const lostAnswer: SendMessage = () => Promise.resolve({ kind: 'unknown' })
const onlyId = async (): Promise<string> => {
  const { rows } = await at.world.pool.query<{ id: string }>('SELECT id FROM message_outbox')
  return rows[0]?.id ?? ''
}
const stored = async () => {
  const { rows } = await at.world.pool.query<{ state: string; attempts: number }>(
    'SELECT state, attempts FROM message_outbox',
  )
  return rows
}
const accept = async () => {
  const done = await answerRetime(deps, { ...own(), answer: 'accept' })
  return done.ok ? 'moved' : done.error.code
}

describe('the message of an offer', () => {
  it('is sent once, however many senders look for it at once', async () => {
    const sent = await Promise.all([deliver(), deliver(), deliver()])
    expect(sent.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect(sandboxRefs).toHaveLength(1)
    expect(await stored()).toEqual([{ state: 'sent', attempts: 1 }])
  })

  it('its receipt starts the three minutes, and a receipt that comes again does not', async () => {
    await deliver()
    at.clock.advance(minutes(2))
    const [ref = ''] = sandboxRefs
    expect(await receipt(ref)).toBe(true)
    at.clock.advance(minutes(2))
    expect(await receipt(ref)).toBe(false)
    at.clock.advance(seconds(59))
    const still = await deps.retimes.of([booking.id])
    expect(still.size).toBe(1)
    at.clock.advance(seconds(1))
    expect(await accept()).toBe('offer_over')
    expect(await stored()).toEqual([{ state: 'delivered', attempts: 1 }])
  })

  it('sent late, its ten minutes count from the sending', async () => {
    at.clock.advance(minutes(4))
    await deliver()
    at.clock.advance(minutes(9))
    await runRetimes(deps)
    expect(await accept()).toBe('moved')
  })

  it('without a receipt the offer is over ten minutes after the sending', async () => {
    await deliver()
    at.clock.advance(minutes(10))
    expect(await accept()).toBe('offer_over')
  })

  it('refused for now it is tried again, four times at most, then it has failed', async () => {
    const busy: SendMessage = () =>
      Promise.resolve({ kind: 'failed', code: '20429', lasting: false })
    for (let n = 1; n <= 6; n += 1) {
      await deliver(busy)
      at.clock.advance(minutes(1))
    }
    expect(await stored()).toEqual([{ state: 'failed', attempts: 4 }])
  })

  it('that the carrier will never take has failed at once', async () => {
    await deliver(() => Promise.resolve({ kind: 'failed', code: '21614', lasting: true }))
    at.clock.advance(minutes(1))
    expect(await deliver()).toBe(0)
    expect(await stored()).toEqual([{ state: 'failed', attempts: 1 }])
  })

  it('of which nobody knows is not sent while the carrier says nothing, and its receipt is believed', async () => {
    await deliver(lostAnswer)
    at.clock.advance(minutes(1))
    expect(await deliver()).toBe(0)
    expect(await stored()).toEqual([{ state: 'unknown', attempts: 1 }])
    expect(sandboxRefs).toEqual([])
    expect(await receipt(`SM-${await onlyId()}`)).toBe(true)
    expect(await stored()).toEqual([{ state: 'delivered', attempts: 1 }])
  })

  it('of which nobody knows is sent again once the carrier says that it has none', async () => {
    await deliver(lostAnswer)
    at.clock.advance(seconds(16))
    await deliver(sandbox, () => Promise.resolve({ kind: 'absent' }))
    at.clock.advance(seconds(11))
    expect(await deliver()).toBe(1)
    expect(await stored()).toEqual([{ state: 'sent', attempts: 2 }])
  })

  it('of which nobody knows is not sent again when the carrier has it', async () => {
    await deliver(lostAnswer)
    at.clock.advance(seconds(16))
    await deliver(sandbox, () => Promise.resolve({ kind: 'found', ref: 'SM-first' }))
    at.clock.advance(minutes(1))
    expect(await deliver()).toBe(0)
    expect(await stored()).toEqual([{ state: 'sent', attempts: 1 }])
  })

  it('whose offer is over is not sent, though its time is not', async () => {
    expect(await deliver(() => Promise.resolve({ kind: 'over' }))).toBe(0)
    expect(await stored()).toEqual([{ state: 'expired', attempts: 1 }])
  })

  it('waits while an earlier one of the same driver is not through', async () => {
    await at.world.pool.query(
      `INSERT INTO message_outbox (id, kind, booking_id, offer_id, state, due_at_ms, expires_at_ms,
         created_at_ms, updated_at_ms, driver_id)
       SELECT gen_random_uuid(), kind, booking_id, gen_random_uuid(), 'waiting', due_at_ms,
         expires_at_ms, created_at_ms + 1, updated_at_ms, driver_id FROM message_outbox`,
    )
    const first = await onlyId()
    const busy: SendMessage = () =>
      Promise.resolve({ kind: 'failed', code: '20429', lasting: false })
    expect(await deliver(busy)).toBe(0)
    expect((await stored()).map(({ attempts }) => attempts).toSorted()).toEqual([0, 1])
    at.clock.advance(seconds(11))
    expect(await deliver()).toBe(2)
    expect(sandboxRefs[0]).toBe(`SM-${first}`)
  })

  it('a sender that dies with it leaves it unknown, and nobody sends it twice', async () => {
    expect(await outbox().take(at.clock.now(), 10)).toHaveLength(1)
    at.clock.advance(seconds(31))
    expect(await deliver()).toBe(0)
    expect(await stored()).toEqual([{ state: 'unknown', attempts: 1 }])
  })

  it('nobody sent within five minutes is not sent any more', async () => {
    at.clock.advance(minutes(5))
    expect(await deliver()).toBe(0)
    expect(await stored()).toEqual([{ state: 'expired', attempts: 0 }])
  })

  it('a receipt for a message nobody knows changes nothing', async () => {
    await deliver()
    expect(await receipt(`SM-${booking.id}`)).toBe(false)
    expect(await stored()).toEqual([{ state: 'sent', attempts: 1 }])
  })
})
