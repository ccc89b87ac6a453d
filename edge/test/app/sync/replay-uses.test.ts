import { present } from '@baari/shared/faults/assert'
import { grams } from '@baari/shared/units/mass'
import { paisePerKg } from '@baari/shared/units/money'
import { fillId, positionNo, ticketId, type TicketId } from '@baari/shared/units/names'
import { after, before, hours, minutes, type Instant } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import type { CheckIn } from '../../../src/ports/check-ins.ts'
import { nozzleNo } from '../../../src/domain/position/nozzle.ts'
import { silent } from '../../../src/app/sync/rollback/replay-scope.ts'
import { checkinRedeemed, checkinReleased } from '../../../src/app/sync/rollback/replay-uses.ts'
import { someBooking, stationWorld, tokenReading, type World } from '../../support/station-world.ts'

const fill = fillId('00000001-0000-7000-8000-00000000f001')
const otherTicket = ticketId('00000001-0000-7000-8000-00000000c001')

it('a use is redeemed by its own fill though the clock went back before its gas flowed', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await promised(world, use.ticket)
  await redeemedAt(world, before(use.at, hours(1)))
  expect(await useOf(world)).toMatchObject({ state: 'redeemed', fill })
})

it('a use that was claimed anew after the disk was lost outlives the end of the one before', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await promised(world, otherTicket)
  await redeemedAt(world, before(use.at, minutes(10)))
  expect(await useOf(world)).toMatchObject({ state: 'claimed' })
})

it('gas of a fill that this file never heard of redeems by its time', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await redeemedAt(world, after(use.at, minutes(1)))
  expect(await useOf(world)).toMatchObject({ state: 'redeemed', fill })
})

it('a use is given back by its own ticket though the clock went back before', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await releasedAt(world, before(use.at, hours(1)), use.ticket)
  expect(await useOf(world)).toMatchObject({ state: 'released' })
})

it('the end of a ticket before it gives back no use that was claimed anew, whatever the clock said', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await releasedAt(world, after(use.at, hours(1)), otherTicket)
  expect(await useOf(world)).toMatchObject({ state: 'claimed' })
})

it('an op of an older station, which names no ticket, goes by its time', async () => {
  const world = await stationWorld()
  const use = await claimed(world)
  await releasedAt(world, before(use.at, minutes(1)))
  expect(await useOf(world)).toMatchObject({ state: 'claimed' })
  await releasedAt(world, after(use.at, minutes(1)))
  expect(await useOf(world)).toMatchObject({ state: 'released' })
})

async function claimed(world: World): Promise<CheckIn> {
  world.addBooking()
  await world.scan(tokenReading())
  const use = await useOf(world)
  expect(use.state).toBe('claimed')
  return use
}

/** The row that the replay of `fill.authorised` leaves. */
function promised(world: World, ticket: TicketId): Promise<void> {
  return world.act((tx, { now }) => {
    const key = { position: positionNo(1), nozzle: nozzleNo(1) }
    const terms = {
      ...{ ...key, fill, ticket, use: null, limitGrams: grams(4000) },
      pricePaisePerKg: paisePerKg(9000),
    }
    tx.fills.save({
      ...{ id: fill, key, label: '', startedAt: now.at, endedAt: now.at },
      state: { kind: 'voided', terms, accountedGrams: grams(0), cause: 'expired' },
    })
  })
}

function redeemedAt(world: World, at: Instant): Promise<void> {
  return world.act((tx, context) => {
    const plan = { covers: [], unended: [], sinceMs: at }
    const scope = { tx: silent(tx), context, at, uuid: someBooking, plan }
    checkinRedeemed(scope, { booking: someBooking, useNo: 1, fill })
  })
}

function releasedAt(world: World, at: Instant, ticket?: TicketId): Promise<void> {
  return world.act((tx, context) => {
    const plan = { covers: [], unended: [], sinceMs: at }
    const scope = { tx: silent(tx), context, at, uuid: someBooking, plan }
    const own = ticket === undefined ? {} : { ticket }
    checkinReleased(scope, { booking: someBooking, useNo: 1, reason: 'leave', ...own })
  })
}

async function useOf(world: World): Promise<CheckIn> {
  let found: CheckIn | undefined
  await world.act((tx) => {
    ;[found] = tx.checkIns.ofBooking(someBooking)
  })
  return present(found, 'use')
}
