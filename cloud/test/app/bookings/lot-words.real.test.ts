import { drawAt, drawnBy } from '@baari/shared/domain/slots/rolling-share'
import { istDay, istDayStart } from '@baari/shared/units/ist-calendar'
import { stationNo } from '@baari/shared/units/names'
import {
  after,
  before,
  dayNumber,
  hours,
  millis,
  minutes,
  seconds,
  type Instant,
} from '@baari/shared/units/time'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lotsOf } from '../../../src/adapters/postgres/lots.ts'
import { messageOutboxOf } from '../../../src/adapters/postgres/outbox.ts'
import { writtenMessagesOf } from '../../../src/adapters/postgres/written-messages.ts'
import { sha256Hex } from '../../../src/adapters/system/sha256.ts'
import { drawLots, enterLot, type LotDeps } from '../../../src/app/bookings/lots.ts'
import {
  deliverMessages,
  type AskCarrier,
  type SendMessage,
} from '../../../src/app/messaging/deliver-messages.ts'
import type { MessageFacts } from '../../../src/domain/messaging/message-texts.ts'
import { demoStationNo } from '../../support/cloud-world.ts'
import { saleWorld, type SaleWorld } from '../../support/sale-world.ts'

let at: SaleWorld
let deps: LotDeps
let eight: Instant
const station = stationNo(demoStationNo)

beforeAll(async () => {
  at = await saleWorld(4, 40)
  const { pool, drivers } = at.world
  deps = { ...at.sale, lots: lotsOf(pool), drivers, hash: sha256Hex }
})
afterAll(() => at?.dispose())
beforeEach(async () => {
  const day = istDayStart(dayNumber(istDay(at.clock.now()) + 2))
  eight = after(day, hours(8))
  at.clock.advance(millis(after(before(eight, hours(24)), minutes(5)) - at.clock.now()))
  await at.world.pool.query('TRUNCATE lot, lot_entry, lot_booking, message_outbox CASCADE')
  await at.reset()
})

const enter = async (n: number): Promise<string> => {
  const done = await enterLot(deps, at.wish(n, { windowStart: after(eight, minutes(10)) }))
  if (!done.ok) throw new Error(done.error.code)
  return done.value.id
}

async function draw(): Promise<number> {
  at.clock.advance(millis(Math.max(0, drawAt(eight) - at.clock.now())))
  await at.seed()
  return drawLots(deps)
}

type Said = { readonly entry: string; readonly facts: MessageFacts }

/** Sends what is due; what each message told, and of which entry. */
async function delivered(): Promise<readonly Said[]> {
  const said: Said[] = []
  const find = writtenMessagesOf(at.world.pool, at.world.drivers)
  const send: SendMessage = async (message) => {
    const addressed = await find(message, at.clock.now())
    if (addressed === undefined) return { kind: 'over' }
    said.push({ entry: message.offer, facts: addressed.facts })
    return { kind: 'sent', ref: `SM-${message.id}` }
  }
  await deliverMessages({ outbox: messageOutboxOf(at.world.pool), send, ask, clock: at.clock })
  return said
}

describe('after the draw of a lot', () => {
  it('who won is told the window that is booked, who lost from when the rest is sold, each once', async () => {
    for (let n = 0; n < 40; n += 1) await enter(n)
    const won = await draw()
    const said = await delivered()
    const { rows } = await at.world.pool.query<{ id: string; booked: string | null }>(
      `SELECT e.id, b.window_start_ms AS booked FROM lot_entry e
       LEFT JOIN booking b ON b.id = e.booking_id`,
    )
    expect(won).toBeGreaterThan(0)
    expect(new Set(said.map(({ entry }) => entry))).toEqual(new Set(rows.map(({ id }) => id)))
    expect(said).toHaveLength(40)
    for (const { id, booked } of rows) {
      const told = said.find(({ entry }) => entry === id)?.facts
      expect(told).toMatchObject(
        booked === null
          ? { kind: 'lot_lost', from: after(eight, minutes(10)), to: drawnBy(eight) }
          : { kind: 'lot_won', to: Number(booked) },
      )
    }
    expect(await delivered()).toEqual([])
  })

  it('drawn by two processes at once, and again, nobody is told twice', async () => {
    for (let n = 0; n < 10; n += 1) await enter(n)
    at.clock.advance(millis(drawAt(eight) - at.clock.now()))
    await at.seed()
    await Promise.all([drawLots(deps), drawLots(deps)])
    expect(await delivered()).toHaveLength(10)
    await at.world.pool.query('UPDATE lot SET drawn_at_ms = NULL')
    await drawLots(deps)
    expect(await delivered()).toEqual([])
  })

  it('a draw that broke off between the sale and its result tells what was sold, once', async () => {
    const entry = await enter(0)
    at.clock.advance(millis(drawAt(eight) - at.clock.now()))
    await at.seed()
    const broken = { ...deps, lots: { ...deps.lots, settle: () => Promise.reject(gone) } }
    await expect(drawLots(broken)).rejects.toBe(gone)
    expect(await delivered()).toEqual([])
    expect(await drawLots(deps)).toBe(1)
    const [word, ...more] = await delivered()
    expect(more).toEqual([])
    expect(word).toMatchObject({ entry, facts: { kind: 'lot_won', to: after(eight, minutes(10)) } })
  })

  it('who was drawn and has a booking by then is told that it stays', async () => {
    await enter(0)
    const booked = await at.book(0, at.windowIn(120))
    expect(booked.ok).toBe(true)
    expect(await draw()).toBe(0)
    expect(await delivered()).toMatchObject([{ facts: { kind: 'lot_refused', isBooked: true } }])
  })

  it('a booking that was given up before the word went is not told of', async () => {
    await enter(0)
    expect(await draw()).toBe(1)
    await at.world.pool.query(`UPDATE booking SET state = 'cancelled'`)
    expect(await delivered()).toEqual([])
  })

  it('an offer of minutes does not wait for a word that the carrier puts off', async () => {
    await enter(0)
    expect(await draw()).toBe(1)
    const busy: SendMessage = () =>
      Promise.resolve({ kind: 'failed', code: '20429', lasting: false })
    const outbox = messageOutboxOf(at.world.pool)
    await deliverMessages({ outbox, send: busy, ask, clock: at.clock })
    at.clock.advance(seconds(1))
    await at.world.pool.query(
      `INSERT INTO message_outbox (id, kind, booking_id, offer_id, state, due_at_ms, expires_at_ms,
         created_at_ms, updated_at_ms, driver_id)
       SELECT gen_random_uuid(), 'retime_notice', booking_id, gen_random_uuid(), 'waiting', $1, $2,
         $1, $1, driver_id FROM message_outbox`,
      [at.clock.now(), after(at.clock.now(), minutes(5))],
    )
    expect((await outbox.take(at.clock.now(), 10)).map(({ kind }) => kind)).toEqual([
      'retime_notice',
    ])
  })

  it('the list of the lot shows the same results as the words', async () => {
    for (let n = 0; n < 40; n += 1) await enter(n)
    await draw()
    const shown = await deps.lots.shown({ station, hour: eight })
    const said = new Map((await delivered()).map(({ entry, facts }) => [entry, facts.kind]))
    for (const { id, result } of shown?.entries ?? []) expect(said.get(id)).toBe(`lot_${result}`)
  })
})

const gone = new Error('the process is gone')
const ask: AskCarrier = () => Promise.resolve({ kind: 'unknown' })
