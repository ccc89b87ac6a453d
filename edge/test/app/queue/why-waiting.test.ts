import { whyWaiting } from '@baari/shared/contracts/http/edge-api'
import { present } from '@baari/shared/faults/assert'
import { minutes } from '@baari/shared/units/time'
import { ticketId, type TicketId } from '@baari/shared/units/names'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  asha,
  bothClosed,
  bothFree,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

let world: World
beforeEach(async () => {
  world = await stationWorld()
  world.addBooking()
})

async function walkIn(positions = bothClosed): Promise<TicketId> {
  const opened = await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions })
  if (!opened.ok) throw new Error(opened.error.code)
  world.advance(minutes(1))
  return opened.value.ticket.id
}

async function why(ticket: TicketId) {
  const answer = await world.run('ticket.why', { ticket })
  if (!answer.ok) throw new Error(answer.error.code)
  return whyWaiting.parse(answer.value)
}

describe('why not me', () => {
  it('names the booked vehicle that came later and went first, with the rule’s own reason', async () => {
    const first = await walkIn()
    const second = await walkIn()
    await world.scan(tokenReading())
    await world.run('queue.dispatch', { positions: bothFree })
    const told = await why(second)
    expect(told).toMatchObject({ place: 1, overtakenBy: 1, positions: { fitting: 2, working: 2 } })
    expect(present(told.overtakers[0], 'overtaker')).toMatchObject({
      kind: 'booked',
      reason: { step: 'booked-turn', limit: 2 },
    })
    expect((await why(first)).place).toBeNull()
  })

  it('counts nobody twice, and nobody whose call was taken back', async () => {
    await walkIn()
    const second = await walkIn()
    const scanned = await world.scan(tokenReading())
    await world.run('queue.dispatch', { positions: bothFree })
    const booked = present(scanned.view.ticket, 'ticket').id
    const undone = await world.run('call.undo', { ticket: booked, by: asha, positions: bothClosed })
    expect(undone.ok).toBe(true)
    expect((await why(second)).overtakenBy).toBe(0)
  })

  it('an unknown or closed number is refused', async () => {
    const ticket = await walkIn()
    await world.run('ticket.leave', { ticket, by: asha, positions: bothClosed })
    const stranger = ticketId('00000000-0000-7000-8000-000000000099')
    for (const asked of [ticket, stranger]) {
      expect(await world.run('ticket.why', { ticket: asked })).toMatchObject({
        ok: false,
        error: { code: 'ticket_unknown' },
      })
    }
  })
})
