import { present } from '@baari/shared/faults/assert'
import type { Vehicle } from '@baari/shared/domain/dispatch/dispatch-state'
import { bookingId, positionNo, type TicketId } from '@baari/shared/units/names'
import { seconds } from '@baari/shared/units/time'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ticketFilling } from '../../../src/app/queue/fill-of-ticket.ts'
import { redeem } from '../../support/redeem.ts'
import {
  asha,
  bothClosed,
  bothFree,
  meera,
  position,
  stationWorld,
  tokenReading,
  type World,
} from '../../support/station-world.ts'

/** One act of a busy forecourt; the number chooses among the tickets there are. */
const acts = [
  'scan',
  'walk-in',
  'dispatch',
  'fill',
  'interrupt',
  'skip',
  'back',
  'leave',
  'undo',
  'out of turn',
  'wait',
  'fault',
] as const
type Act = readonly [(typeof acts)[number], number]

async function perform(world: World, [act, n]: Act): Promise<void> {
  const open = openTickets(world)
  const ticket = open[n % Math.max(1, open.length)]
  if (act === 'scan') {
    const booking = bookingId(`00000001-0000-7000-8000-0000000000${String(10 + (n % 6))}`)
    await world.scan(tokenReading({ booking }), { positions: bothFree })
  }
  if (act === 'walk-in') {
    await world.run('walkIn.open', { vehicleClass: 'auto', by: asha, positions: bothFree })
  }
  if (act === 'dispatch') await world.run('queue.dispatch', { positions: bothFree })
  if (act === 'fault') {
    const positions = [position(1, { state: 'fault' }), position(2)]
    await world.run('queue.dispatch', { positions })
  }
  if (act === 'wait') world.advance(seconds(n))
  if (ticket) await performOn(world, ticket, act)
}

async function performOn(world: World, ticket: Row, act: Act[0]): Promise<void> {
  const input = { ticket: ticket.id, by: asha, positions: bothClosed }
  if (act === 'skip') await world.run('ticket.skip', input)
  if (act === 'back') await world.run('ticket.back', input)
  if (act === 'leave') await world.run('ticket.leave', input)
  if (act === 'out of turn') {
    const told = { position: positionNo(1), reason: 'breakdown', note: null } as const
    const who = { by: asha, manager: meera, positions: bothFree }
    await world.run('call.outOfTurn', { ticket: ticket.id, ...told, ...who })
  }
  if (act === 'undo') await world.run('call.undo', input)
  if (act === 'fill') await redeem(world, ticket.id)
  if (act === 'interrupt') await redeem(world, ticket.id, { outcome: 'interrupted' })
}

type Row = { readonly id: TicketId; readonly state: string; readonly position: number | null }

function openTickets(world: World): readonly Row[] {
  return world.db
    .prepare<[], Row>("SELECT id, state, position FROM ticket WHERE state <> 'closed' ORDER BY id")
    .all()
}

const shown = {
  waiting: ['waiting', 'standby'],
  aside: ['skipped'],
  called: ['called'],
  staged: ['staged'],
  filling: ['filling'],
}

it('tickets, uses and the rule’s own state always agree, whatever happens in whatever order', async () => {
  const sequence = fc.array(fc.tuple(fc.constantFrom(...acts), fc.nat(200)), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sequence, async (steps) => {
      const world = await stationWorld()
      world.addAttendant(meera, 'manager')
      for (const step of steps) await perform(world, step)
      const vehicles = world.db
        .prepare<[], string>('SELECT body FROM queue_vehicle')
        .pluck()
        .all()
        .map((body) => JSON.parse(body) as Vehicle)
      const rows = openTickets(world)
      expect(vehicles.map(({ ticket }) => ticket).sort()).toEqual(rows.map(({ id }) => id))
      for (const { ticket, place } of vehicles) {
        const row = present(
          rows.find(({ id }) => id === ticket),
          'row',
        )
        expect(shown[place.kind]).toContain(row.state)
        expect('position' in place ? place.position : null).toBe(row.position)
      }
      const claims = world.ops('checkin.claimed').length
      const ends = world.ops('checkin.released', 'checkin.redeemed').length
      const held = world.db
        .prepare("SELECT count(*) FROM check_in WHERE state = 'claimed'")
        .pluck()
        .get()
      expect(claims - ends).toBe(held)
      await world.ledger.close()
    }),
    {
      numRuns: 25,
      examples: [
        // A vehicle whose position fell silent fills there after another was called to it.
        [
          [
            ['scan', 0],
            ['fault', 0],
            ['scan', 1],
            ['interrupt', 0],
            ['fill', 0],
          ],
        ],
      ],
    },
  )
})

it('a fill that began is shown at its position', async () => {
  const world = await stationWorld()
  const opened = await world.run('walkIn.open', {
    vehicleClass: 'auto',
    by: asha,
    positions: bothFree,
  })
  const ticket = present(opened.ok ? opened.value.ticket.id : undefined, 'ticket')
  await world.act((tx, context) => ticketFilling(tx, { ticket, position: positionNo(1) }, context))
  expect(openTickets(world)).toEqual([{ id: ticket, state: 'filling', position: 1 }])
})
