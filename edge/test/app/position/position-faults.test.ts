import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { millis, seconds } from '@baari/shared/units/time'
import { ticketAt } from '../../support/fill-rig.ts'
import { positionActs } from '../../support/position-acts.ts'
import { positionRig, type PositionRig } from '../../support/position-rig.ts'

let rig: PositionRig
const ticket = ticketAt(1)
const { sent, authorised, filling, books } = positionActs(() => rig, ticket)

beforeEach(async () => {
  rig = await positionRig()
  await rig.ledger.run('rig.seed', { ticket, claimed: true })
})
afterEach(async () => {
  rig.controller.dispose()
  await rig.dispose()
})

/** The valve closes 500 g too late; the driver hangs up afterwards. */
async function overran(): Promise<void> {
  rig.nozzle.setOverrun(500)
  await filling(100_000)
  rig.nozzle.hangUp()
  await rig.pass(seconds(2))
}

describe('a fault of a position', () => {
  it('D14: a device in an unknown state is stopped and its fill closed when it can be read', async () => {
    await filling(1_000)
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    expect(rig.controller.facts().state).toBe('fault')
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ settledGrams: 1_000, differenceGrams: 0 })
    expect(sent('authorise')).toBe(1)
    expect(rig.controller.facts()).toMatchObject({ state: 'free', fault: null })
  })
  it('D14: a device that was out of order with nobody there serves again when it is not', async () => {
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    expect(rig.controller.facts().state).toBe('fault')
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(seconds(2))
    expect(rig.controller.facts()).toMatchObject({ state: 'free', fault: null })
    await authorised()
    expect(sent('authorise')).toBe(1)
  })
  it('J5 one good reading keeps the position a fault, a second one in a row frees it', async () => {
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    rig.nozzle.setOutOfOrder(false)
    await rig.rest()
    expect(rig.controller.facts()).toMatchObject({ state: 'fault' })
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(millis(900))
    expect(rig.controller.facts()).toMatchObject({ state: 'fault' })
    await rig.pass(seconds(1))
    expect(rig.controller.facts()).toMatchObject({ state: 'free', fault: null })
  })
  it('J5 a totaliser that cannot be read keeps the fault, however well the head looks', async () => {
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    rig.nozzle.setTotals('lost')
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(seconds(20))
    expect(rig.controller.facts().state).toBe('fault')
    rig.nozzle.setTotals('shown')
    await rig.pass(seconds(3))
    expect(rig.controller.facts()).toMatchObject({ state: 'free', fault: null })
  })
  it('J5 a fault spends the ready: two good readings alone start nothing', async () => {
    rig.controller.ready(null)
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    expect(rig.controller.ready(null)).toMatchObject({ error: { code: 'position_unavailable' } })
    rig.nozzle.setOutOfOrder(false)
    rig.controller.call({ ticket: ticket.id, staged: false })
    await rig.pass(seconds(5))
    expect(rig.controller.facts().state).toBe('called')
    expect(sent('authorise')).toBe(0)
    rig.controller.ready(null)
    await rig.rest()
    expect(sent('authorise')).toBe(1)
  })
  it('J5 a device that is out of order again while it is read stays a fault', async () => {
    rig.nozzle.setOutOfOrder(true)
    await rig.rest()
    rig.nozzle.meanwhile(() => rig.nozzle.setOutOfOrder(true))
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(seconds(20))
    expect(rig.controller.facts().state).toBe('fault')
    rig.nozzle.setOutOfOrder(false)
    await rig.pass(seconds(3))
    expect(rig.controller.facts().state).toBe('free')
  })
  it('D10: an overrun holds the position until it was out of service, well as its head may be', async () => {
    await overran()
    await rig.pass(seconds(30))
    expect(await books()).toMatchObject({ openGrams: 0, differenceGrams: 0 })
    expect(rig.controller.facts()).toMatchObject({
      state: 'fault',
      fault: { code: 'preset_overrun' },
    })
    rig.controller.close('dispenser')
    expect(rig.controller.facts()).toMatchObject({ state: 'closed', fault: null })
    rig.controller.open()
    expect(rig.controller.facts().state).toBe('free')
  })
  it('D10 D14: a restart ends no fault: the alarms that are open tell it again', async () => {
    await overran()
    await rig.restart()
    await rig.pass(seconds(5))
    expect(rig.controller.facts()).toMatchObject({ state: 'fault' })
  })
})
