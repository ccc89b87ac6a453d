import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { millis, seconds } from '@baari/shared/units/time'
import { LedgerFailure, ledgerFault } from '../../../src/ports/ledger-failure.ts'
import { opening, ticketAt, type RigLedger } from '../../support/fill-rig.ts'
import { positionActs } from '../../support/position-acts.ts'
import { positionRig, type PositionRig } from '../../support/position-rig.ts'

let rig: PositionRig
const ticket = ticketAt(1)

beforeEach(async () => {
  rig = await positionRig()
  await rig.ledger.run('rig.seed', { ticket, claimed: true })
})
afterEach(async () => {
  rig.controller.dispose()
  await rig.dispose()
})

const { sent, authorised, filling, books } = positionActs(() => rig, ticket)

describe('two deliberate acts', () => {
  it('a call without the attendant authorises nothing', async () => {
    rig.controller.call({ ticket: ticket.id, staged: false })
    await rig.rest()
    expect(sent('authorise')).toBe(0)
    expect(rig.controller.facts()).toMatchObject({ state: 'called', ticket: ticket.id })
  })
  it('a ready without a call authorises nothing', async () => {
    rig.controller.ready(null)
    await rig.rest()
    expect(sent('authorise')).toBe(0)
  })
  it('a ready before the call counts, in either order one authorise goes out', async () => {
    rig.controller.ready(null)
    await rig.pass(seconds(30))
    rig.controller.call({ ticket: ticket.id, staged: false })
    await rig.rest()
    expect(sent('authorise')).toBe(1)
    expect(rig.controller.facts().state).toBe('authorised')
  })
  it('a ready older than 60 seconds counts no more', async () => {
    rig.controller.ready(null)
    await rig.pass(millis(60_100))
    rig.controller.call({ ticket: ticket.id, staged: false })
    await rig.rest()
    expect(sent('authorise')).toBe(0)
  })
  it('a staged vehicle waits for its own call', async () => {
    rig.controller.call({ ticket: ticket.id, staged: true })
    rig.controller.ready(null)
    await rig.rest()
    expect(sent('authorise')).toBe(0)
  })
  it('a late frame of the head delays the authorise and does not spend the ready', async () => {
    rig.nozzle.setLate(true)
    await authorised()
    expect(sent('authorise')).toBe(0)
    expect(rig.nozzle.refreshed).toBeGreaterThan(0)
    expect(rig.controller.facts().state).toBe('ready')
    rig.nozzle.setLate(false)
    await rig.rest()
    expect(sent('authorise')).toBe(1)
  })
  it('a total that is not answered is asked for again, though the head tells nothing new', async () => {
    rig.nozzle.setTotals('lost')
    await authorised()
    await rig.pass(seconds(2))
    expect(sent('authorise')).toBe(0)
    expect(rig.refused).toEqual([])
    rig.nozzle.setTotals('asked')
    await rig.pass(seconds(1))
    expect(sent('authorise')).toBe(1)
  })
  it('a frame that comes late while the total is asked for does not spend the ready', async () => {
    rig.nozzle.setTotals('asked')
    rig.nozzle.meanwhile(() => rig.nozzle.setLate(true))
    await authorised()
    expect(sent('authorise')).toBe(0)
    expect(rig.refused).toEqual([])
    rig.nozzle.setLate(false)
    await rig.rest()
    expect(sent('authorise')).toBe(1)
  })
  it('a ready that lapsed is not asked for again', async () => {
    rig.nozzle.setTotals('lost')
    await authorised()
    await rig.pass(millis(60_100))
    rig.nozzle.setTotals('asked')
    await rig.pass(seconds(2))
    expect(sent('authorise')).toBe(0)
  })
  it('a head whose frames stay late for 60 seconds lets the ready lapse', async () => {
    rig.nozzle.setLate(true)
    await authorised()
    await rig.pass(millis(60_100))
    rig.nozzle.setLate(false)
    await rig.rest()
    expect(sent('authorise')).toBe(0)
    expect(rig.controller.facts().state).toBe('called')
  })
  it('X01: a trip while the head is late forgets the ready', async () => {
    rig.nozzle.setLate(true)
    await authorised()
    rig.controller.trip()
    rig.nozzle.setLate(false)
    await rig.rest()
    expect(sent('authorise')).toBe(0)
  })
  it('a line that was lost and came back spends the ready: recovery alone starts nothing', async () => {
    rig.controller.ready(null)
    rig.nozzle.setLink(false)
    await rig.pass(seconds(2))
    rig.nozzle.setLink(true)
    rig.controller.call({ ticket: ticket.id, staged: false })
    await rig.pass(seconds(5))
    expect(sent('authorise')).toBe(0)
    rig.controller.ready(null)
    await rig.rest()
    expect(sent('authorise')).toBe(1)
  })
  it('a dispenser whose figures nobody verified is refused before anything is written', async () => {
    rig.nozzle.setVerified(false)
    await authorised()
    expect(rig.refused).toMatchObject([
      { code: 'position_unavailable', facts: { condition: 'configuration' } },
    ])
    expect(sent('authorise')).toBe(0)
    expect(rig.controller.facts().fill).toBeNull()
  })
  it('an interlock that is open refuses once and spends the ready', async () => {
    rig.safety = { ...rig.safety, diskReserveFree: false }
    await authorised()
    await rig.pass(seconds(5))
    expect(rig.refused).toMatchObject([{ code: 'disk_reserve' }])
    expect(sent('authorise')).toBe(0)
  })
})

describe('a fill at a position', () => {
  it('runs from the call to the settled sale, and the position is free again', async () => {
    await filling(3_000)
    expect(rig.controller.facts()).toMatchObject({
      state: 'filling',
      ticket: ticket.id,
      fill: { grams: 3_000, amountPaise: 28_350 },
    })
    rig.nozzle.flow(4_000)
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    expect(rig.controller.facts()).toMatchObject({ state: 'free', ticket: null, fill: null })
    expect(await books()).toMatchObject({ settledGrams: 7_000, differenceGrams: 0 })
  })
  it('the second fill opens where the first one closed', async () => {
    await filling(3_000)
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    const next = ticketAt(1, 2)
    await rig.ledger.run('rig.seed', { ticket: next, claimed: true })
    rig.controller.call({ ticket: next.id, staged: false })
    rig.controller.ready(null)
    await rig.rest()
    rig.nozzle.lift()
    rig.nozzle.flow(2_500)
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ settledGrams: 5_500, orphanGrams: 0, gaps: 0 })
  })
  it('D09: lifted and returned without flow is void and leaves nothing authorised', async () => {
    await authorised()
    rig.nozzle.lift()
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    const listed = await rig.ledger.run('fill.list', { limit: 1, cursor: null })
    expect(listed.fills).toMatchObject([{ state: 'voided', grams: 0 }])
    expect(rig.nozzle.look().state).toBe('idle')
  })
  it('an authorisation that nobody uses is taken back after its time', async () => {
    await authorised()
    await rig.pass(seconds(62))
    expect(rig.nozzle.look().state).toBe('idle')
    expect(sent('stop')).toBeGreaterThan(0)
    expect(rig.controller.facts().state).toBe('free')
  })
  it('D06: a link lost in the middle and back after the hang-up closes by the totaliser', async () => {
    await filling(2_000)
    rig.nozzle.setLink(false)
    await rig.pass(seconds(1))
    rig.nozzle.flow(3_000)
    rig.nozzle.hangUp()
    await rig.pass(seconds(3))
    rig.nozzle.setLink(true)
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ settledGrams: 5_000, differenceGrams: 0 })
  })
  it('D07: a manual sale is an orphan and stops nobody', async () => {
    rig.nozzle.setManual(true)
    rig.nozzle.lift()
    rig.nozzle.flow(1_500)
    await rig.rest()
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ orphanGrams: 1_500, settledGrams: 0, differenceGrams: 0 })
    expect(sent('stop')).toBe(0)
  })
})

describe('stopping', () => {
  it('a stop is on the line before the ledger hears of it', async () => {
    await filling(1_000)
    rig.inForce = silentLedger()
    const before = sent('stop')
    rig.controller.stop()
    expect(sent('stop')).toBe(before + 1)
  })
  it('X01: a trip stops the fill, and its end starts nothing again', async () => {
    await filling(1_000)
    rig.controller.trip()
    rig.safety = { ...rig.safety, tripLatched: true }
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ settledGrams: 1_000, differenceGrams: 0 })
    rig.safety = { ...rig.safety, tripLatched: false }
    await rig.pass(seconds(10))
    expect(sent('authorise')).toBe(1)
  })
  it('a refused authorise is told at the position until the next ready', async () => {
    rig.safety = { ...rig.safety, attendantSignedIn: false }
    rig.controller.call({ ticket: ticket.id, staged: false })
    rig.controller.ready(null)
    await rig.rest()
    expect(rig.controller.facts().refused).toMatchObject({
      ...{ code: 'not_signed_in', condition: 'attendant' },
    })
    rig.safety = { ...rig.safety, attendantSignedIn: true }
    rig.controller.ready(null)
    await rig.rest()
    expect(rig.controller.facts().refused).toBeNull()
    expect(sent('authorise')).toBe(1)
  })
  it('X01: a trip between the intent and the line sends no authorise', async () => {
    rig.controller.call({ ticket: ticket.id, staged: false })
    rig.safety = tripsAfter(rig.safety, 1)
    rig.controller.ready(null)
    await rig.pass(seconds(2))
    expect(sent('authorise')).toBe(0)
    expect(await books()).toMatchObject({ settledGrams: 0, openGrams: 0 })
  })
  it('interlock ledger: a dead ledger thread stops the device, and recovery settles what flowed', async () => {
    await filling(1_000)
    rig.inForce = deadLedger()
    rig.nozzle.flow(400)
    await rig.rest()
    expect(rig.ledgerLost).toBe(1)
    expect(rig.nozzle.look().state).toBe('completed')
    rig.inForce = rig.ledger
    void rig.controller.recover(null)
    await rig.pass(seconds(5))
    expect(await books()).toMatchObject({ settledGrams: 1_400, differenceGrams: 0 })
  })
})

describe('after a restart', () => {
  it('D04: a fill that goes on is adopted and ends as one sale', async () => {
    await filling(1_000)
    await rig.restart()
    rig.nozzle.flow(2_000)
    await rig.pass(seconds(1))
    expect(rig.controller.facts()).toMatchObject({ state: 'filling', fill: { grams: 3_000 } })
    rig.nozzle.hangUp()
    await rig.pass(seconds(2))
    expect(await books()).toMatchObject({ settledGrams: 3_000, orphanGrams: 0 })
    expect(sent('authorise')).toBe(1)
  })
  it('D05: a fill that ended meanwhile is settled once from the device', async () => {
    await filling(1_000)
    rig.controller.dispose()
    rig.nozzle.flow(4_000)
    rig.nozzle.hangUp()
    await rig.restart()
    await rig.pass(seconds(5))
    expect(await books()).toMatchObject({ settledGrams: 5_000, differenceGrams: 0 })
    const listed = await rig.ledger.run('fill.list', { limit: 5, cursor: null })
    expect(listed.fills).toMatchObject([{ flag: 'recovered' }])
  })
  it('D03: an authorisation that outlived the node is cancelled, and the ready is forgotten', async () => {
    await authorised()
    await rig.restart()
    await rig.pass(seconds(1))
    expect(rig.nozzle.look().state).toBe('idle')
    await rig.pass(seconds(70))
    expect(sent('authorise')).toBe(1)
    expect(rig.controller.facts().state).toBe('free')
  })
  it('a disk that is full at the start holds the position until there is room, and no longer', async () => {
    let room = false
    rig.controller.hold()
    rig.inForce = { ...rig.ledger, run: fullUntil(() => room) }
    let over = false
    const recovered = rig.controller.recover(null).then(() => (over = true))
    await rig.pass(seconds(5))
    expect(over).toBe(false)
    room = true
    await rig.pass(seconds(1))
    await recovered
    expect(rig.controller.facts().state).toBe('free')
  })

  it('an unreadable device holds the position until it answers', async () => {
    rig.nozzle.setLink(false)
    await rig.restart()
    await rig.pass(seconds(5))
    expect(rig.controller.facts().state).toBe('offline')
    expect(rig.controller.ready(grams(1_000))).toMatchObject({ ok: false })
    rig.nozzle.setLink(true)
    await rig.pass(seconds(1))
    expect(rig.controller.facts().state).toBe('free')
    expect(await books()).toMatchObject({ totaliserGrams: opening })
  })
})

/** A ledger whose disk hangs: nothing is answered any more. */
function silentLedger(): RigLedger {
  return { ...rig.ledger, run: () => new Promise<never>(() => undefined) }
}
/** A disk that takes nothing: what only reads goes on. */
function fullUntil(hasRoom: () => boolean): RigLedger['run'] {
  const full = new LedgerFailure(ledgerFault('disk_full', 'no space left'))
  return (name, input) =>
    hasRoom() || name === 'positions.read' ? rig.ledger.run(name, input) : Promise.reject(full)
}

function deadLedger(): RigLedger {
  return { ...rig.ledger, run: () => Promise.reject(new Error('the ledger thread has ended')) }
}

/** An ESD that trips after so many looks at it: between the decision and the line. */
function tripsAfter(calm: PositionRig['safety'], looks: number): PositionRig['safety'] {
  let left = looks
  return {
    ...calm,
    get tripLatched() {
      left -= 1
      return left < 0
    },
  }
}
