import { present } from '@baari/shared/faults/assert'
import { positionNo, type TicketId } from '@baari/shared/units/names'
import { minutes, seconds } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CallOutOfTurn } from '../../../src/app/queue/call-out-of-turn.ts'
import { ticketFilling } from '../../../src/app/queue/fill-of-ticket.ts'
import { redeem } from '../../support/redeem.ts'
import {
  asha,
  meera,
  position,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
  world.addBooking()
  world.addAttendant(asha, 'attendant')
  world.addAttendant(meera, 'manager')
})

const one = [position(1), position(2, { state: 'closed' })]

async function walkIn(plate?: string): Promise<TicketId> {
  const input = { vehicleClass: 'auto', by: asha, positions: one } as const
  const opened = await world.run('walkIn.open', plate === undefined ? input : { ...input, plate })
  if (!opened.ok) throw new Error(opened.error.code)
  world.advance(seconds(10))
  return opened.value.ticket.id
}

const force = (ticket: TicketId, change: Partial<CallOutOfTurn> = {}) =>
  world.run('call.outOfTurn', {
    ...{ ticket, position: positionNo(1), reason: 'emergency_vehicle', note: null },
    ...{ by: asha, manager: meera, positions: one, ...change },
  })

const stateOf = (ticket: TicketId) =>
  world.db.prepare('SELECT state FROM ticket WHERE id = ?').pluck().get(ticket)
const queueNow = () => world.db.prepare('SELECT body FROM queue_vehicle ORDER BY 1').pluck().all()
const streaks = () =>
  (
    JSON.parse(world.db.prepare('SELECT body FROM queue_state').pluck().get() as string) as {
      readonly streaks: object
    }
  ).streaks

describe('a vehicle called out of turn', () => {
  it('takes the place of one not yet seen, is on record with both people, and costs no streak', async () => {
    const first = await walkIn()
    const scanned = await world.scan(tokenReading(), { positions: one })
    const booked = present(scanned.view.ticket, 'ticket').id
    const last = await walkIn('GJ05ZZ7788')
    const before = streaks()

    const answer = await force(last)
    expect(answer).toMatchObject({
      ok: true,
      value: { position: 1, staged: false, displaced: first, ticket: { state: 'called' } },
    })
    expect(answer.ok && answer.value.calls).toMatchObject([{ ticket: last, position: 1 }])
    expect(stateOf(first)).toBe('waiting')
    expect(streaks()).toEqual(before)
    expect(world.ops('ticket.called').at(-1)?.body).toMatchObject({ step: 'override', position: 1 })
    expect(world.ops('ticket.call_undone')).toMatchObject([{ body: { by: meera } }])
    expect(world.ops('ticket.called_out_of_turn')).toMatchObject([
      {
        body: {
          ...{ position: 1, staged: false, reason: 'emergency_vehicle', note: null },
          ...{ by: asha, manager: meera, kind: 'walk-in', label: 'W-2', plateEnd: '7788' },
          passed: [
            { queue: 'booked', ticket: booked, label: 'B 1234' },
            { queue: 'walk-in', ticket: first, label: 'W-1', waitedMs: 20_000 },
          ],
          ...{ waitingBooked: 1, waitingWalkIn: 1, displaced: first },
        },
      },
    ])
    expect(
      world.db.prepare("SELECT by, about FROM audit WHERE what = 'call.out_of_turn'").all(),
    ).toEqual([{ by: meera, about: last }])
  })

  it('can be taken back within a minute, with its own op, and everybody stands as before', async () => {
    await walkIn()
    const last = await walkIn()
    await force(last)
    const undo = { ticket: last, by: asha, positions: one }
    expect(await world.run('call.undo', undo)).toMatchObject({ ok: true, value: { position: 1 } })
    const call = present(world.ops('ticket.called_out_of_turn')[0], 'op').body['call']
    expect(world.ops('ticket.out_of_turn_undone')).toMatchObject([{ body: { call, by: asha } }])
    expect(stateOf(last)).toBe('waiting')
    const { calls } = await world.run('queue.dispatch', { positions: one })
    expect(calls).toMatchObject([{ reason: { step: 'only-queue' } }])
    expect(calls[0]?.ticket).not.toBe(last)
  })

  it('stays after a minute', async () => {
    await walkIn()
    const last = await walkIn()
    await force(last)
    world.advance(seconds(61))
    expect(await world.run('call.undo', { ticket: last, by: asha, positions: one })).toMatchObject({
      error: { code: 'undo_too_late' },
    })
  })

  it('waits behind a running fill and is called when it ends; it authorises nothing', async () => {
    const first = await walkIn()
    await world.act((tx, context) =>
      ticketFilling(tx, { ticket: first, position: positionNo(1) }, context),
    )
    await walkIn()
    const last = await walkIn()
    const filling = [position(1, { state: 'filling', ticket: first }), one[1]!]
    const answer = await force(last, { positions: filling, reason: 'person_in_need' })
    expect(answer).toMatchObject({ ok: true, value: { staged: true, displaced: null } })
    expect(stateOf(last)).toBe('staged')
    const link = { up: false, lastExchangeMs: null }
    const view = await world.run('view.read', { positions: filling, link })
    expect(view.positions[0]).toMatchObject({
      staged: { id: last },
      stagedReason: { step: 'override', outOfTurn: { reason: 'person_in_need' } },
      stagedUndoUntilMs: world.now() + 60_000,
    })
    expect(world.ops('fill.authorised')).toEqual([])
    await redeem(world, first)
    expect(stateOf(last)).toBe('called')
    expect(world.ops('ticket.called_out_of_turn')).toHaveLength(1)
  })

  it('a second one at the position before the first came undoes the first', async () => {
    await walkIn()
    const second = await walkIn()
    const third = await walkIn()
    await force(second)
    await force(third, { reason: 'breakdown' })
    const undone = world.ops('ticket.out_of_turn_undone')
    const forced = world.ops('ticket.called_out_of_turn')
    expect(undone.map(({ body }) => body['call'])).toEqual([forced[0]?.body['call']])
    expect(stateOf(second)).toBe('waiting')
  })
})

describe('nothing changes and nothing is written', () => {
  it.each([
    ['the PIN is not a manager’s', { manager: asha }, 'not_allowed'],
    ['no words stand beside “other”', { reason: 'other', note: null }, 'note_missing'],
    ['the position is closed', { position: positionNo(2) }, 'position_unavailable'],
    ['the station has no such position', { position: positionNo(9) }, 'position_unavailable'],
  ] as const)('when %s', async (_why, change, code) => {
    await walkIn()
    const last = await walkIn()
    const [queue, ops] = [queueNow(), world.allOps().length]
    expect(await force(last, change)).toMatchObject({ ok: false, error: { code } })
    expect(queueNow()).toEqual(queue)
    expect(world.allOps()).toHaveLength(ops)
  })

  it('when a vehicle stands at the position, or the chosen one does not wait', async () => {
    const first = await walkIn()
    const last = await walkIn()
    expect(await force(first)).toMatchObject({ error: { code: 'ticket_not_waiting' } })
    const ready = [position(1, { state: 'ready', ticket: first }), one[1]!]
    expect(await force(last, { positions: ready })).toMatchObject({
      error: { code: 'position_busy' },
    })
    expect(world.ops('ticket.called_out_of_turn')).toEqual([])
  })
})

describe('why not me', () => {
  it('says that a vehicle went out of turn and why, even one that came earlier', async () => {
    const at = [position(1, { state: 'closed' }), one[1]!]
    const early = await walkIn()
    await world.run('queue.dispatch', { positions: at })
    world.advance(minutes(1))
    const scanned = await world.scan(tokenReading(), { positions: at })
    const booked = present(scanned.view.ticket, 'ticket').id
    await force(early, { reason: 'other', note: 'school van with children' })
    const told = await world.run('ticket.why', { ticket: booked })
    expect(told).toMatchObject({
      ok: true,
      value: {
        ...{ overtakenBy: 0, outOfTurn: 1 },
        overtakers: [
          {
            label: 'W-1',
            reason: {
              step: 'override',
              outOfTurn: { reason: 'other', note: 'school van with children' },
            },
          },
        ],
      },
    })
  })

  it('a call that was taken back is told to nobody', async () => {
    await walkIn()
    const waits = await walkIn()
    const last = await walkIn()
    await force(last)
    await world.run('call.undo', { ticket: last, by: asha, positions: one })
    const told = await world.run('ticket.why', { ticket: waits })
    expect(told).toMatchObject({ ok: true, value: { outOfTurn: 0, overtakers: [] } })
  })
})
