import { present } from '@baari/shared/faults/assert'
import { istDay } from '@baari/shared/units/ist-calendar'
import { positionNo, type TicketId } from '@baari/shared/units/names'
import { dayNumber, minutes, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PositionFacts } from '../../../src/domain/position/position-facts.ts'
import { ticketFilling } from '../../../src/app/queue/fill-of-ticket.ts'
import { redeem } from '../../support/redeem.ts'
import { at } from '../../support/scan-builders.ts'
import type { otherBooking } from '../../support/station-world.ts'
import {
  asha,
  bothClosed,
  bothFree,
  goodRetest,
  position,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World

beforeEach(async () => {
  world = await stationWorld()
})

async function walkIn(positions: readonly PositionFacts[] = bothClosed) {
  const opened = await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value
}

const dispatch = async (positions: readonly PositionFacts[] = bothFree) =>
  (await world.run('queue.dispatch', { positions })).calls

const stateOf = (ticket: TicketId) =>
  world.db.prepare('SELECT state FROM ticket WHERE id = ?').pluck().get(ticket)

const called = (calls: readonly { readonly ticket: TicketId; readonly position: number }[]) =>
  calls.map(({ ticket, position: no }) => [ticket, no])

describe('walk-ins', () => {
  it('numbers are dense and begin at 1 with each business day', async () => {
    const labels = [await walkIn(), await walkIn(), await walkIn()].map((one) => one.ticket.label)
    expect(labels).toEqual(['W-1', 'W-2', 'W-3'])
    world.goTo(at('00:05', '2026-11-23'))
    expect((await walkIn()).number).toBe(1)
  })

  it('a free position calls the vehicle at once and says why', async () => {
    const { ticket, calls } = await walkIn(bothFree)
    expect(calls).toEqual([
      {
        ticket: ticket.id,
        position: 1,
        staged: false,
        reason: { step: 'only-queue', streak: 0, limit: 2, oldestWalkInWaitMs: 0 },
      },
    ])
    expect(ticket).toMatchObject({ state: 'called', position: 1, needsDetails: true })
    expect(world.ops('ticket.called')[0]?.body).toMatchObject({ position: 1, staged: false })
  })

  it('an expired cylinder takes no number', async () => {
    const retestDay = dayNumber(istDay(world.now()) - 1)
    const input = { vehicleClass: 'auto', plate: 'GJ01AB9999', retestDay, by: asha } as const
    const answer = await world.run('walkIn.open', { ...input, positions: bothFree })
    expect(answer).toMatchObject({ ok: false, error: { code: 'retest_expired' } })
    expect(world.ops('ticket.opened')).toEqual([])
  })

  it('plate and date are asked once: the second visit knows them', async () => {
    const { ticket } = await walkIn()
    const details = { plate: 'gj 1 ab 77', retestDay: goodRetest, by: asha }
    const known = await world.run('ticket.details', { ticket: ticket.id, ...details })
    expect(known).toMatchObject({ ok: true, value: { plate: 'GJ01AB0077', needsDetails: false } })
    const again = await world.run('walkIn.open', {
      vehicleClass: 'auto',
      plate: 'GJ01AB0077',
      by: asha,
      positions: bothClosed,
    })
    expect(again).toMatchObject({ ok: true, value: { ticket: { needsDetails: false } } })
    expect(world.ops('vehicle.recorded')).toHaveLength(1)
  })

  it('a later date typed by an attendant does not replace the recorded one', async () => {
    const first = await walkIn()
    const soon = dayNumber(istDay(world.now()) + 10)
    const typed = { plate: 'GJ01AB0077', by: asha }
    await world.run('ticket.details', { ticket: first.ticket.id, retestDay: soon, ...typed })
    const second = await walkIn()
    await world.run('ticket.details', { ticket: second.ticket.id, retestDay: goodRetest, ...typed })
    const stored = world.db.prepare('SELECT DISTINCT retest_day FROM ticket').pluck().all()
    expect(stored).toEqual([soon])
  })
})

describe('calls', () => {
  it('two booked vehicles go first, then a walk-in', async () => {
    const tickets: TicketId[] = []
    const walk = await walkIn()
    for (const n of [1, 2, 3]) {
      const booking = `00000001-0000-7000-8000-00000000b10${n}`
      const reading = tokenReading({ booking: booking as typeof otherBooking })
      const { view } = await world.scan(reading)
      tickets.push(present(view.ticket, 'ticket').id)
    }
    const first = await dispatch()
    expect(called(first)).toEqual([
      [tickets[0], 1],
      [tickets[1], 2],
    ])
    for (const { ticket } of first) await redeem(world, ticket)
    const second = await dispatch()
    expect(called(second)).toEqual([
      [walk.ticket.id, 1],
      [tickets[2], 2],
    ])
    expect(second[0]?.reason.step).toBe('walk-in-turn')
  })

  it('a call taken back within a minute restores place and streak', async () => {
    const { ticket } = await walkIn(bothFree)
    const before = world.db.prepare('SELECT body FROM queue_state').pluck().get() as string
    const undo = { ticket: ticket.id, by: asha, positions: bothFree }
    expect(await world.run('call.undo', undo)).toMatchObject({ ok: true, value: { position: 1 } })
    expect(stateOf(ticket.id)).toBe('waiting')
    expect(world.ops('ticket.call_undone')).toHaveLength(1)
    expect(called(await dispatch())).toEqual([[ticket.id, 1]])
    const after = world.db.prepare('SELECT body FROM queue_state').pluck().get() as string
    expect(JSON.parse(after)).toMatchObject({ streaks: JSON.parse(before).streaks })
  })

  it('after a minute, or once gas flows, a call stays', async () => {
    const { ticket } = await walkIn(bothFree)
    const undo = { ticket: ticket.id, by: asha, positions: bothFree }
    world.advance(seconds(61))
    expect(await world.run('call.undo', undo)).toMatchObject({ error: { code: 'undo_too_late' } })
    const second = await walkIn(bothFree)
    await world.act((tx, context) =>
      ticketFilling(tx, { ticket: second.ticket.id, position: positionNo(1) }, context),
    )
    expect(await world.run('call.undo', { ...undo, ticket: second.ticket.id })).toMatchObject({
      error: { code: 'undo_after_gas' },
    })
  })

  it('a skipped vehicle makes way and is recalled after the next two starts', async () => {
    const one = [position(1)]
    const first = await walkIn(one)
    const others = [await walkIn(one), await walkIn(one), await walkIn(one)]
    const skip = { ticket: first.ticket.id, by: asha, positions: one }
    const skipped = await world.run('ticket.skip', skip)
    expect(skipped).toMatchObject({
      ok: true,
      value: { ticket: { state: 'skipped' }, calls: [{ ticket: others[0]?.ticket.id }] },
    })
    expect(await world.run('ticket.skip', skip)).toMatchObject({
      error: { code: 'ticket_not_waiting' },
    })
    expect(world.ops('ticket.skipped')).toHaveLength(1)
  })

  it('a vehicle that never comes is skipped, recalled and closed after thirty minutes', async () => {
    const scanned = await world.scan(tokenReading(), { positions: bothFree })
    const ticket = present(scanned.view.ticket, 'ticket').id
    const seen = new Set<unknown>()
    for (let round = 0; round < 16; round += 1) {
      world.advance(seconds(121))
      await dispatch()
      seen.add(stateOf(ticket))
    }
    expect([...seen]).toEqual(['called', 'closed'])
    expect(world.ops('ticket.skipped').length).toBeGreaterThan(3)
    expect(world.ops('checkin.released')[0]?.body).toMatchObject({ reason: 'skip-close' })
  })

  it('gas that flows at a position that fell silent keeps its vehicle there', async () => {
    const { ticket } = await walkIn([position(1)])
    await dispatch([position(1, { state: 'offline' })])
    expect(stateOf(ticket.id)).toBe('waiting')
    await world.act((tx, context) => {
      ticketFilling(tx, { ticket: ticket.id, position: positionNo(1) }, context)
    })
    expect(await dispatch([position(1, { state: 'offline' }), position(2)])).toEqual([])
    expect(stateOf(ticket.id)).toBe('filling')
  })

  it('a vehicle seen at its position is not skipped', async () => {
    const { ticket } = await walkIn(bothFree)
    const ready = [position(1, { state: 'ready', ticket: ticket.id }), position(2)]
    await dispatch(ready)
    world.advance(minutes(5))
    await dispatch(ready)
    expect(stateOf(ticket.id)).toBe('called')
  })

  it('a driver who gives up frees the token and the place', async () => {
    const { view } = await world.scan(tokenReading())
    const ticket = present(view.ticket, 'ticket').id
    const left = await world.run('ticket.leave', { ticket, by: asha, positions: bothFree })
    expect(left).toMatchObject({ ok: true, value: { ticket: { state: 'closed' }, calls: [] } })
    expect(world.ops('checkin.released')[0]?.body).toMatchObject({ reason: 'leave' })
    expect((await world.scan(tokenReading())).view.verdict).toBe('ADMIT')
  })

  it('a position that faults gives its called vehicle back to the queue', async () => {
    const { ticket } = await walkIn([position(1)])
    const broken = [position(1, { state: 'fault' }), position(2, { state: 'closed' })]
    await dispatch(broken)
    expect(stateOf(ticket.id)).toBe('waiting')
    expect(called(await dispatch([position(1, { state: 'fault' }), position(2)]))).toEqual([
      [ticket.id, 2],
    ])
  })

  it('a vehicle staged behind a fill is called when the fill ends', async () => {
    const one = [position(1), position(2, { state: 'closed' })]
    const first = await walkIn(one)
    const second = await walkIn(one)
    await world.act((tx, context) =>
      ticketFilling(tx, { ticket: first.ticket.id, position: positionNo(1) }, context),
    )
    const ending = [
      position(1, { state: 'filling', ticket: first.ticket.id, freesInMs: 60_000 }),
      position(2, { state: 'closed' }),
    ]
    expect(await dispatch(ending)).toMatchObject([
      { ticket: second.ticket.id, position: 1, staged: true },
    ])
    await redeem(world, first.ticket.id)
    expect(stateOf(second.ticket.id)).toBe('called')
    expect(await dispatch(one)).toEqual([])
  })

  it('J5 an interrupted fill goes on at the head of the line under the same use', async () => {
    const { view } = await world.scan(tokenReading(), { positions: [position(1)] })
    const ticket = present(view.ticket, 'ticket').id
    await walkIn([position(1, { state: 'called', ticket })])
    await redeem(world, ticket, { outcome: 'interrupted' })
    expect(stateOf(ticket)).toBe('waiting')
    const calls = await dispatch([position(1, { state: 'fault' }), position(2)])
    expect(calls).toMatchObject([{ ticket, position: 2, reason: { step: 'head-of-line' } }])
    await redeem(world, ticket)
    expect(world.ops('checkin.redeemed')).toHaveLength(1)
    expect(stateOf(ticket)).toBe('closed')
  })

  it('an early vehicle that is called takes its use with the call', async () => {
    world.goTo(at('08:30'))
    const { view, calls } = await world.scan(tokenReading(), { positions: bothFree })
    expect(view.verdict).toBe('TOO_EARLY')
    expect(calls).toHaveLength(1)
    expect(world.ops('checkin.claimed')).toHaveLength(1)
    expect((await world.scan(tokenReading())).view.verdict).toBe('PRESENT')
  })

  it('nothing to do writes nothing', async () => {
    await dispatch()
    const before = world.allOps().length
    const heard: string[] = []
    world.ledger.onCommit((names) => heard.push(...names))
    expect(await dispatch()).toEqual([])
    expect([world.allOps().length, heard]).toEqual([before, []])
  })
})
