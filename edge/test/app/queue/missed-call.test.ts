import { present } from '@baari/shared/faults/assert'
import { positionNo, ticketId, type TicketId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { ticketFilling } from '../../../src/app/queue/fill-of-ticket.ts'
import { redeem } from '../../support/redeem.ts'
import {
  asha,
  bothClosed,
  position,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

const one = [position(1)]

async function walkIn(positions = bothClosed) {
  const opened = await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

const stateOf = (ticket: TicketId) =>
  world.db.prepare('SELECT state FROM ticket WHERE id = ?').pluck().get(ticket)

/** So many walk-ins in line behind the one position. */
async function waiting(count: number): Promise<readonly TicketId[]> {
  const tickets: TicketId[] = []
  for (let i = 0; i < count; i += 1) tickets.push((await walkIn(one)).ticket.id)
  return tickets
}

async function missesHerCall(ticket: TicketId): Promise<void> {
  expect(stateOf(ticket)).toBe('called')
  await world.run('ticket.skip', { ticket, by: asha, positions: one })
}

async function comesBack(ticket: TicketId): Promise<void> {
  const back = await world.run('ticket.back', { ticket, by: asha, positions: one })
  expect(back).toMatchObject({ ok: true, value: { ticket: { state: 'skipped' } } })
}

/** Fills whoever is called at the one position until it is this one. */
async function servedBefore(ticket: TicketId): Promise<readonly unknown[]> {
  const before: unknown[] = []
  const calledNow = world.db.prepare("SELECT id FROM ticket WHERE state = 'called'").pluck()
  while (before.length < 9) {
    await world.run('queue.dispatch', { positions: one })
    const now = present(calledNow.get() as TicketId | undefined, 'a call')
    if (now === ticket) return before
    before.push(now)
    await redeem(world, now)
  }
  throw new Error('not called again')
}

describe('a missed call', () => {
  it('J3 (c) back in the lane she is called after the next two starts, though others still wait', async () => {
    const first = await walkIn(one)
    const others = await waiting(4)
    await missesHerCall(first.ticket.id)
    await comesBack(first.ticket.id)
    expect(await servedBefore(first.ticket.id)).toEqual(others.slice(0, 2))
  })

  it('J3 (c) missing that call too she lets three others go first, and is called then', async () => {
    const first = await walkIn(one)
    const others = await waiting(7)
    await missesHerCall(first.ticket.id)
    await comesBack(first.ticket.id)
    expect(await servedBefore(first.ticket.id)).toEqual(others.slice(0, 2))
    await missesHerCall(first.ticket.id)
    await comesBack(first.ticket.id)
    expect(await servedBefore(first.ticket.id)).toEqual(others.slice(2, 5))
  })

  it('J3 (c) recalled behind a fill and back in the lane she is called when the fill ends', async () => {
    const first = await walkIn(one)
    const others = await waiting(3)
    await missesHerCall(first.ticket.id)
    await redeem(world, present(others[0], 'the first'))
    await world.run('queue.dispatch', { positions: one })
    const fill = present(others[1], 'the second')
    await world.act((tx, context) =>
      ticketFilling(tx, { ticket: fill, position: positionNo(1) }, context),
    )
    const ending = [position(1, { state: 'filling', ticket: fill, freesInMs: 60_000 })]
    await world.run('queue.dispatch', { positions: ending })
    expect(stateOf(first.ticket.id)).toBe('staged')
    const back = { ticket: first.ticket.id, by: asha, positions: ending }
    expect(await world.run('ticket.back', back)).toMatchObject({ ok: true })
    world.advance(minutes(3))
    await world.run('queue.dispatch', { positions: ending })
    await redeem(world, fill)
    expect(stateOf(first.ticket.id)).toBe('called')
  })

  it('one who came back while nobody else waits is called at once', async () => {
    const first = await walkIn(one)
    const [other] = await waiting(1)
    await missesHerCall(first.ticket.id)
    await redeem(world, present(other, 'the other'))
    const back = { ticket: first.ticket.id, by: asha, positions: one }
    expect(await world.run('ticket.back', back)).toMatchObject({
      ok: true,
      value: { ticket: { state: 'called', position: 1 }, calls: [{ ticket: first.ticket.id }] },
    })
  })

  it('only one who missed the call can be back', async () => {
    const first = await walkIn(one)
    const back = { ticket: first.ticket.id, by: asha, positions: one }
    expect(await world.run('ticket.back', back)).toMatchObject({
      error: { code: 'ticket_not_waiting' },
    })
    const unknown = ticketId('00000001-0000-7000-8000-00000000dead')
    expect(await world.run('ticket.back', { ...back, ticket: unknown })).toMatchObject({
      error: { code: 'ticket_unknown' },
    })
  })

  it('a booked vehicle that missed its call is back with its own QR before the reader', async () => {
    const { view } = await world.scan(tokenReading(), { positions: one })
    const ticket = present(view.ticket, 'ticket').id
    const others = await waiting(4)
    await missesHerCall(ticket)
    const again = await world.scan(tokenReading(), { positions: one })
    expect(again.view).toMatchObject({
      verdict: 'PRESENT',
      ticket: { id: ticket, state: 'skipped' },
    })
    expect(await servedBefore(ticket)).toEqual(others.slice(0, 2))
  })
})
