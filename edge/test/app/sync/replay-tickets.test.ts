import { present } from '@baari/shared/faults/assert'
import { grams, noGrams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { fillId, positionNo, type TicketId } from '@baari/shared/units/names'
import { expect, it } from 'vitest'
import { nozzleNo } from '../../../src/domain/position/nozzle.ts'
import { silent } from '../../../src/app/sync/rollback/replay-scope.ts'
import { ticketClosed } from '../../../src/app/sync/rollback/replay-tickets.ts'
import type { Ticket } from '../../../src/ports/tickets.ts'
import { setupOf } from '../../support/fill-rig.ts'
import { stationWorld, tokenReading, type World } from '../../support/station-world.ts'

const key = { position: positionNo(1), nozzle: nozzleNo(1) }
const opening = grams(1_000_000)

it('a ticket of a file from the middle of its fill ends when the end of its fill is back', async () => {
  const world = await stationWorld()
  const id = await filling(world)
  await closed(world, id)
  expect(await ticketOf(world, id)).toMatchObject({ state: 'closed', closedReason: 'filled' })
  await world.act((tx) => {
    expect(present(tx.queue.state(), 'queue').vehicles).toEqual([])
  })
})

it('a ticket that gas flows for now outlives an end from before', async () => {
  const world = await stationWorld()
  const id = await filling(world)
  await fillOpens(world, id)
  await closed(world, id)
  expect(await ticketOf(world, id)).toMatchObject({ state: 'filling' })
})

async function filling(world: World): Promise<TicketId> {
  world.addBooking()
  await world.scan(tokenReading())
  const ticket = await ticketOf(world)
  await world.act((tx) => tx.tickets.save({ ...ticket, state: 'filling', position: key.position }))
  return ticket.id
}

async function fillOpens(world: World, ticket: TicketId): Promise<void> {
  await world.act((tx, { now }) => {
    const fill = fillId('00000001-0000-7000-8000-00000000f001')
    const { at, mono } = now
    tx.fills.saveNozzle({
      setup: setupOf(key),
      account: {
        installedGrams: opening,
        accountedGrams: opening,
        ...{ settledGrams: noGrams, orphanGrams: noGrams, disputedGrams: noGrams },
        ...{ resetGrams: noGrams, rolledGrams: noGrams },
      },
      last: { totaliserGrams: opening, at, mono, boot: tx.fills.boot },
      resting: { kind: 'idle', accountedGrams: opening },
      frozen: false,
    })
    const terms = {
      ...{ ...key, fill, ticket, use: null, limitGrams: grams(4000) },
      pricePaisePerKg: paisePerKg(9000),
    }
    tx.fills.save({
      ...{ id: fill, key, label: '', startedAt: at, endedAt: null },
      state: { kind: 'reserved', terms, accountedGrams: opening },
    })
  })
}

function closed(world: World, uuid: TicketId): Promise<void> {
  return world.act((tx, context) => {
    const { at } = context.now
    const plan = { covers: [], unended: [], sinceMs: at }
    ticketClosed({ tx: silent(tx), context, at, uuid, plan }, { reason: 'filled' })
  })
}

async function ticketOf(world: World, known?: TicketId): Promise<Ticket> {
  let found: Ticket | undefined
  await world.act((tx) => {
    found = known === undefined ? tx.tickets.open()[0] : tx.tickets.byId(known)
  })
  return present(found, 'ticket')
}
