import { grams } from '@baari/shared/units/mass'
import { positionNo, type TicketId } from '@baari/shared/units/names'
import { minutes } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { ticketFilling } from '../../../src/app/queue/fill-of-ticket.ts'
import { redeem } from '../../support/redeem.ts'
import { asha, bothFree, position, stationWorld, type World } from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
})

const oneFree = [position(1), position(2, { state: 'closed' })]

async function walkIn(positions = oneFree): Promise<TicketId> {
  const opened = await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value.ticket.id
}

const autoMinutes = () =>
  world.db
    .prepare<[], number>(`SELECT milli_minutes FROM class_minutes WHERE vehicle_class = 'auto'`)
    .pluck()
    .get()
/** A twentieth of the way from the usual three minutes. */
const moved = (to: number) => Math.round(3_000 + (to - 3_000) / 20)

describe('the class minutes of a station', () => {
  it('move a twentieth towards the time from the call to the end of the fill, and are told', async () => {
    const ticket = await walkIn()
    world.advance(minutes(4))
    await redeem(world, ticket)
    expect(autoMinutes()).toBe(moved(4_000))
    await world.run('state.flush', {})
    const told = world.db
      .prepare<[], string>(`SELECT value FROM latest_state WHERE key = 'class_minutes'`)
      .pluck()
      .get()
    expect(JSON.parse(told ?? '')).toMatchObject({ auto: moved(4_000), car: 4_500 })
  })

  it('of a vehicle that was staged count from when the position became free', async () => {
    const first = await walkIn()
    const filling = [position(1, { state: 'filling', freesInMs: minutes(1) }), ...oneFree.slice(1)]
    world.advance(minutes(2))
    await world.act((tx, context) =>
      ticketFilling(tx, { ticket: first, position: positionNo(1) }, context),
    )
    const second = await walkIn(filling)
    await world.run('queue.dispatch', { positions: filling })
    const state = world.db.prepare('SELECT state FROM ticket WHERE id = ?').pluck().get(second)
    expect(state).toBe('staged')
    world.advance(minutes(1))
    // Three minutes, as usual: nothing is learned.
    await redeem(world, first)
    expect(autoMinutes()).toBeUndefined()
    world.advance(minutes(4))
    await redeem(world, second)
    expect(autoMinutes()).toBe(moved(4_000))
  })

  it('learn nothing of a fill that was cut short, of a small one, or by a clock nobody trusts', async () => {
    for (const fill of [{ outcome: 'interrupted' as const }, { grams: grams(2_000) }]) {
      const ticket = await walkIn(bothFree)
      world.advance(minutes(4))
      await redeem(world, ticket, fill)
    }
    expect(autoMinutes()).toBeUndefined()
    world.distrustClock()
    const ticket = await walkIn(bothFree)
    world.advance(minutes(4))
    await redeem(world, ticket)
    expect(autoMinutes()).toBeUndefined()
  })
})
