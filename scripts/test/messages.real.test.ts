import { serve, type ServerType } from '@hono/node-server'
import { createHmac, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { carrierReceiptRoutes } from '@baari/cloud/adapters/http/routes/carrier-receipts'
import { twilioCarrier } from '@baari/cloud/adapters/messages/twilio-carrier'
import { twilioReceipts } from '@baari/cloud/adapters/messages/twilio-receipts'
import { lotsOf } from '@baari/cloud/adapters/postgres/lots'
import { messageOutboxOf } from '@baari/cloud/adapters/postgres/outbox'
import { retimesOf } from '@baari/cloud/adapters/postgres/retimes'
import { writtenMessagesOf } from '@baari/cloud/adapters/postgres/written-messages'
import { sha256Hex } from '@baari/cloud/adapters/system/sha256'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { answerRetime, type RetimeDeps } from '@baari/cloud/app/bookings/retime'
import { drawLots, enterLot, type LotDeps } from '@baari/cloud/app/bookings/lots'
import { sayLate } from '@baari/cloud/app/bookings/say-late'
import { deliverMessages } from '@baari/cloud/app/messaging/deliver-messages'
import { receiveReceipt } from '@baari/cloud/app/messaging/receive-receipt'
import { askAboutWritten, sendWritten } from '@baari/cloud/app/messaging/write-message'
import type { Booking } from '@baari/cloud/domain/booking/booking'
import { drawAt } from '@baari/shared/domain/slots/rolling-share'
import { istClockText, istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { after, dayNumber, hours, millis, minutes, seconds } from '@baari/shared/units/time'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { saleWorld, type SaleWorld } from '../../cloud/test/support/sale-world.ts'
import { waitUntil } from '../clients/wait-until.ts'
import { sandboxApp } from '../sandbox/sandbox-app.ts'
import type { SandboxMessage } from '../sandbox/message-store.ts'

const account = {
  sid: `AC${randomBytes(16).toString('hex')}`,
  token: randomBytes(16).toString('hex'),
}
const servers: ServerType[] = []
const forged: number[] = []
const receipts: Promise<unknown>[] = []
let at: SaleWorld
let retime: RetimeDeps
let sandboxUrl: string
let publicUrl: string
let deliver: () => Promise<number>
let booking: Booking

beforeAll(async () => {
  at = await saleWorld(2, 8)
  retime = {
    ...at.sale,
    retimes: retimesOf({ pool: at.world.pool, clock: at.clock, ids: randomIds }),
  }
  // The vendor dates by the world's clock, in whole seconds.
  sandboxUrl = await listen(
    sandboxApp({
      ...{ now: () => at.clock.now(), account, onFault: () => undefined },
      onTaken: (told) => receipts.push(told),
    }).fetch,
  )
  const deps = { outbox: messageOutboxOf(at.world.pool), clock: at.clock }
  // The address is part of what is signed, so the door opens before the reader is made.
  let answer: (request: Request) => Response | Promise<Response> = () => new Response()
  publicUrl = await listen((request) => answer(request))
  answer = carrierReceiptRoutes({
    read: twilioReceipts({ authToken: account.token, publicUrl }),
    receive: (receipt) => {
      const received = receiveReceipt(deps, receipt)
      receipts.push(received)
      return received
    },
    onForged: () => forged.push(1),
  }).fetch
  const carrier = twilioCarrier({
    ...{ accountSid: account.sid, authToken: account.token, from: 'BAARI' },
    ...{ baseUrl: sandboxUrl, publicUrl, deadlineMs: 8_000 },
  })
  const find = writtenMessagesOf(at.world.pool, at.world.drivers)
  const write = { find, carrier, clock: at.clock }
  const parts = { ...deps, send: sendWritten(write), ask: askAboutWritten(write) }
  deliver = () => deliverMessages(parts)
})
afterEach(async () => {
  // One still on its way would lock rows of the tables that the next test empties.
  while (receipts.length > 0) await Promise.allSettled(receipts.splice(0))
})
afterAll(async () => {
  for (const server of servers) server.close()
  await at?.dispose()
})
beforeEach(async () => {
  const tomorrow = istDayStart(dayNumber(istDay(at.clock.now()) + 1))
  at.clock.advance(millis(after(tomorrow, hours(11)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE retime_offer, message_outbox CASCADE')
  await at.reset()
  forged.length = 0
  await mishaps({ next: [], receipts: true })
  const sold = await at.book(0, at.windowIn(120))
  if (!sold.ok) throw new Error(sold.error.code)
  booking = sold.value
  await sayLate(retime, { ...own(), said: { minutes: 30 } })
})

async function listen(answer: (request: Request) => Response | Promise<Response>): Promise<string> {
  const bound = await new Promise<AddressInfo>((resolve) => {
    servers.push(serve({ fetch: answer, hostname: '127.0.0.1', port: 0 }, resolve))
  })
  return `http://127.0.0.1:${bound.port}`
}

const own = () => ({ id: booking.id, driver: booking.driver ?? '' })

async function mishaps(asked: object): Promise<void> {
  await fetch(`${sandboxUrl}/mishaps`, { method: 'POST', body: JSON.stringify(asked) })
}

/** What the phone got since this booking was made. */
async function received(): Promise<readonly SandboxMessage[]> {
  const log = (await (await fetch(`${sandboxUrl}/log?limit=500`)).json()) as {
    messages: SandboxMessage[]
  }
  return log.messages.filter(({ atMs }) => atMs >= booking.createdAt)
}

type Stored = { id: string; state: string; attempts: number; carrier_code: string | null }

async function stored(): Promise<Stored | undefined> {
  const { rows } = await at.world.pool.query<Stored>(
    'SELECT id, state, attempts, carrier_code FROM message_outbox',
  )
  return rows[0]
}

const becomes = (state: string) =>
  waitUntil({ what: `the message is ${state}`, withinMs: 60_000 }, async () =>
    (await stored())?.state === state ? true : undefined,
  )

async function sayTo(message: string, form: Record<string, string>, signedBy: string) {
  const url = `${publicUrl}/carrier/messages/${message}/receipt`
  const text = Object.keys(form)
    .toSorted()
    .reduce((said, key) => said + key + form[key], url)
  const signature = createHmac('sha1', signedBy).update(text).digest('base64')
  const headers = { 'x-twilio-signature': signature }
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(form) })
  return answer.status
}

describe('an offer on its way to a phone', () => {
  it('is one SMS with both times; the receipt starts the three minutes; the answer moves the booking', async () => {
    expect(await deliver()).toBe(1)
    const [sms, ...more] = await received()
    expect(more).toEqual([])
    expect(sms?.body).toContain(booking.plate)
    expect(sms?.body).toContain(istClockText(booking.windowStart))
    expect(sms?.from).toBe('BAARI')
    await becomes('delivered')
    const [offer] = (await retime.retimes.of([booking.id])).values()
    expect(offer?.deliveredAt).toBe(at.clock.now())
    expect((await answerRetime(retime, { ...own(), answer: 'accept' })).ok).toBe(true)
  })

  it('is written in the driver’s language', async () => {
    await at.world.pool.query(`UPDATE driver SET language = 'hi' WHERE id = $1`, [booking.driver])
    await deliver()
    await at.world.pool.query(`UPDATE driver SET language = 'en' WHERE id = $1`, [booking.driver])
    const [sms] = await received()
    expect(sms?.body).toMatch(/मिनट/)
    expect(sms?.body.length).toBeLessThanOrEqual(70)
  })

  it('that was answered before it was sent is not sent', async () => {
    await answerRetime(retime, { ...own(), answer: 'decline' })
    expect(await deliver()).toBe(0)
    expect(await received()).toEqual([])
    expect((await stored())?.state).toBe('expired')
  })

  it('refused because the carrier is busy goes later, once', async () => {
    await mishaps({ next: ['busy'] })
    expect(await deliver()).toBe(0)
    expect(await stored()).toMatchObject({ state: 'waiting', carrier_code: '20429' })
    at.clock.advance(seconds(11))
    expect(await deliver()).toBe(1)
    expect(await received()).toHaveLength(1)
  })

  it('whose answer was lost is found at the carrier and not sent a second time', async () => {
    await mishaps({ next: ['taken'], receipts: false })
    expect(await deliver()).toBe(0)
    expect((await stored())?.state).toBe('unknown')
    at.clock.advance(seconds(16))
    await deliver()
    expect(await stored()).toMatchObject({ state: 'sent', attempts: 1 })
    expect(await received()).toHaveLength(1)
  })

  it('that the carrier never took, whatever it answered, is asked about and then sent once', async () => {
    await mishaps({ next: ['lost'] })
    expect(await deliver()).toBe(0)
    expect((await stored())?.state).toBe('unknown')
    at.clock.advance(seconds(16))
    await deliver()
    at.clock.advance(seconds(11))
    expect(await deliver()).toBe(1)
    expect(await received()).toHaveLength(1)
  })

  it('whose answer was lost is known by its own receipt, without a question', async () => {
    await mishaps({ next: ['taken'] })
    await deliver()
    await becomes('delivered')
    expect(await received()).toHaveLength(1)
  })
})

describe('what a lot gave', () => {
  it('reaches winner and loser as one SMS each, in the language of each', async () => {
    const { pool, drivers } = at.world
    const lots: LotDeps = { ...at.sale, drivers, lots: lotsOf(pool), hash: sha256Hex }
    const day = istDayStart(dayNumber(istDay(at.clock.now()) + 2))
    const eight = after(day, hours(8))
    at.clock.advance(millis(drawAt(eight) - minutes(5) - at.clock.now()))
    const wishes = [1, 2, 3, 4, 5, 6, 7].map((n) => at.wish(n, { windowStart: eight }))
    for (const wish of wishes) expect((await enterLot(lots, wish)).ok).toBe(true)
    await pool.query(`UPDATE driver SET language = 'hi' WHERE id = $1`, [wishes[0]?.driver])
    const before = (await received()).length
    at.clock.advance(minutes(5))
    await at.seed()
    const won = await drawLots(lots)
    await deliver()
    const texts = (await received()).slice(before).map(({ body }) => body)
    await pool.query(`UPDATE driver SET language = 'en' WHERE id = $1`, [wishes[0]?.driver])
    expect(won).toBeGreaterThan(0)
    expect(texts).toHaveLength(wishes.length)
    for (const { vehicle, driver } of wishes) {
      const own = texts.filter((text) => text.includes(vehicle.plate))
      expect(own).toHaveLength(1)
      expect(own[0]).toMatch(driver === wishes[0]?.driver ? /पर्ची/ : /lot gave you/)
    }
    expect(texts.filter((text) => /It is booked|बुकिंग पक्की/.test(text))).toHaveLength(won)
  })
})

describe('a receipt', () => {
  const form = { MessageSid: 'SM1', MessageStatus: 'delivered' }

  beforeEach(async () => {
    await mishaps({ receipts: false })
    await deliver()
  })

  it('signed by another, or about a form or message that is not the carrier’s, changes nothing and is counted', async () => {
    const id = (await stored())?.id ?? ''
    expect(await sayTo(id, form, 'another token')).toBe(403)
    expect(await sayTo(id, { MessageSid: 'SM1', MessageStatus: 'eaten' }, account.token)).toBe(403)
    expect(await sayTo('not-an-id', form, account.token)).toBe(403)
    expect(forged).toHaveLength(3)
    expect((await stored())?.state).toBe('sent')
  })

  it('for a message nobody knows is taken and changes nothing', async () => {
    expect(await sayTo(booking.id, form, account.token)).toBe(204)
    expect((await stored())?.state).toBe('sent')
  })

  it('that comes again after two minutes does not start the three minutes anew', async () => {
    const id = (await stored())?.id ?? ''
    expect(await sayTo(id, form, account.token)).toBe(204)
    at.clock.advance(minutes(2))
    expect(await sayTo(id, form, account.token)).toBe(204)
    at.clock.advance(minutes(1))
    const late = await answerRetime(retime, { ...own(), answer: 'accept' })
    expect(late.ok ? 'moved' : late.error.code).toBe('offer_over')
  })

  it('that it could not be delivered marks the message, with the carrier’s code', async () => {
    const { id = '', sid = '' } = { id: (await stored())?.id, sid: (await received())[0]?.sid }
    const given = { MessageSid: sid, MessageStatus: 'undelivered', ErrorCode: '30005' }
    expect(await sayTo(id, given, account.token)).toBe(204)
    expect(await stored()).toMatchObject({ state: 'failed', carrier_code: '30005' })
  })
})
