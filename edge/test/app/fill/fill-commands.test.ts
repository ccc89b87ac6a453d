import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { attendantId, type FillId } from '@baari/shared/units/names'
import { dayNumber, millis, seconds } from '@baari/shared/units/time'
import { booksHold } from '../../../src/app/fill/fill-books-check.ts'
import type { NozzleEvent } from '../../../src/app/fill/record-event.ts'
import type { ReserveInput } from '../../../src/app/fill/reserve-fill.ts'
import {
  fillRig,
  key1,
  key2,
  opening,
  reserveAt1,
  safeFacts,
  ticketAt,
  type FillRig,
} from '../../support/fill-rig.ts'

let rig: FillRig

beforeEach(async () => {
  rig = await fillRig()
})
afterEach(() => rig.dispose())

const ticket = ticketAt(1)

const reserveInput = (over: Partial<ReserveInput> = {}): ReserveInput => reserveAt1(ticket, over)

function reserve(over: Partial<ReserveInput> = {}) {
  return rig.ledger.run('fill.reserve', reserveInput(over))
}

function event(one: NozzleEvent, key = key1) {
  return rig.ledger.run('fill.event', { key, event: one, raw: null })
}

function flow(delivered: number, key = key1) {
  return event({ kind: 'flow', totaliserGrams: grams(opening + delivered) }, key)
}

function totals(delivered: number, key = key1) {
  const sale = { sequence: 42, bootEpoch: 1, grams: grams(delivered), openingGrams: opening }
  const fact = delivered === 0 ? null : sale
  const totaliserGrams = grams(opening + delivered)
  return event({ kind: 'totals-read', totaliserGrams, atRest: true, sale: fact }, key)
}

async function seeded(claimed = true): Promise<void> {
  await rig.ledger.run('rig.seed', { ticket, claimed })
}

async function fillUp(delivered: number): Promise<FillId> {
  await seeded()
  const reserved = await reserve()
  if (!reserved.ok) throw new Error('not reserved')
  await event({ kind: 'acknowledged' })
  if (delivered > 0) await flow(delivered - 50)
  await event({ kind: 'ended' })
  await totals(delivered)
  await event({ kind: 'settle' })
  const listed = await rig.ledger.run('fill.list', { limit: 1, cursor: null })
  return listed.fills[0]!.id
}

async function books() {
  return (await rig.ledger.run('fill.books', {}))[0]!
}

function kinds(): readonly string[] {
  return rig.ops().map((op) => op.k)
}

describe('fill.reserve', () => {
  it('a called vehicle with a claimed use gets one authorise at the price in force', async () => {
    await seeded()
    const reserved = await reserve()
    expect(reserved).toMatchObject({
      ok: true,
      value: {
        state: { kind: 'authorising' },
        effects: [{ kind: 'authorise', terms: { pricePaisePerKg: 9_450, limitGrams: 15_000 } }],
      },
    })
    expect(kinds()).toContain('fill.authorised')
  })
  it('D11: a price that changes in the middle is the next fill’s, and the open one keeps its own', async () => {
    await seeded()
    await reserve()
    await event({ kind: 'acknowledged' })
    await flow(4_000)
    const db = new Database(rig.file)
    db.prepare('INSERT INTO tariff VALUES (?, 42, 10000, ?)').run('t2', rig.clock.now())
    db.close()
    rig.clock.advance(seconds(1))
    await event({ kind: 'ended' })
    await totals(8_000)
    await event({ kind: 'settle' })
    const { fills } = await rig.ledger.run('fill.list', { limit: 1, cursor: null })
    expect(fills[0]).toMatchObject({ pricePaisePerKg: 9_450, amountPaise: 75_600 })
    const next = ticketAt(2, 2)
    await rig.ledger.run('rig.seed', { ticket: next, claimed: true })
    expect(await reserve({ ticket: next.id, key: key2 })).toMatchObject({
      ok: true,
      value: { effects: [{ kind: 'authorise', terms: { pricePaisePerKg: 10_000 } }] },
    })
  })
  it('D08: a second reserve of the same nozzle is refused and authorises nothing', async () => {
    await seeded()
    await reserve()
    expect(await reserve()).toMatchObject({ ok: false })
    expect(kinds().filter((kind) => kind === 'fill.authorised')).toHaveLength(1)
  })
  it('D12: a use that is open at one dispenser is refused at another with token_in_use', async () => {
    await seeded()
    await reserve()
    expect(await reserve({ key: key2 })).toMatchObject({
      ok: false,
      error: { code: 'token_in_use' },
    })
    expect(kinds().filter((kind) => kind === 'fill.authorised')).toHaveLength(1)
  })
  it('a use that was never claimed is refused with token_in_use', async () => {
    await seeded(false)
    expect(await reserve()).toMatchObject({ ok: false, error: { code: 'token_in_use' } })
  })
  it('X05: an expired cylinder is refused whatever else holds', async () => {
    const old = ticketAt(1, 1, { retestDay: dayNumber(20_000) })
    await rig.ledger.run('rig.seed', { ticket: old, claimed: true })
    expect(await reserve()).toMatchObject({ ok: false, error: { code: 'retest_expired' } })
  })
  it('a vehicle called to another position is refused', async () => {
    await seeded()
    expect(await reserve({ key: key2 })).toMatchObject({
      ok: false,
      error: { code: 'ticket_not_waiting' },
    })
  })
  it('X01: an ESD that is not healthy is refused with its reason and writes nothing', async () => {
    await seeded()
    const safety = { ...safeFacts.safety, esd: { value: 'tripped', quality: 'good' } as const }
    const refused = await reserve({ facts: { ...safeFacts, safety } })
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'interlock_open', facts: { condition: 'esd' } },
    })
    expect((await rig.ledger.run('fill.list', { limit: 5, cursor: null })).fills).toEqual([])
  })
  it('an attendant may ask for less than the class takes, never for more', async () => {
    await seeded()
    const reserved = await reserve({ askedGrams: grams(99_000) })
    expect(reserved).toMatchObject({
      value: { effects: [{ terms: { limitGrams: 15_000 } }] },
    })
  })
})

describe('a fill through the ledger', () => {
  it('ends settled, with the use redeemed, the ticket closed and the books in balance', async () => {
    const id = await fillUp(8_000)
    const listed = await rig.ledger.run('fill.list', { limit: 5, cursor: null })
    expect(listed.fills).toMatchObject([
      { id, state: 'settled', grams: 8_000, amountPaise: 75_600, flag: 'none', label: 'B 1234' },
    ])
    expect(await rig.ledger.run('rig.checkIns', ticket.booking)).toMatchObject([
      { state: 'redeemed', fill: id },
    ])
    expect(await rig.ledger.run('rig.ticket', ticket.id)).toMatchObject({
      state: 'closed',
      closedReason: 'filled',
    })
    expect(await books()).toMatchObject({
      settledGrams: 8_000,
      orphanGrams: 0,
      differenceGrams: 0,
      gaps: 0,
      sumsAgree: true,
    })
  })
  it('tells the cloud in the order in which it happened', async () => {
    await fillUp(8_000)
    expect(kinds().filter((kind) => kind !== 'entity' && kind !== 'boot')).toEqual([
      'fill.authorised',
      'checkin.redeemed',
      'fill.settled',
      'ticket.closed',
    ])
  })
  it('D09: without flow it is void, the use is free again and nothing is sold', async () => {
    await fillUp(0)
    expect(await rig.ledger.run('rig.checkIns', ticket.booking)).toMatchObject([
      { state: 'released' },
    ])
    expect(kinds()).toContain('fill.voided')
    expect(kinds()).not.toContain('fill.settled')
    expect((await books()).settledGrams).toBe(0)
  })
  it('D10: an overrun asks for the stop and the alarm and is still recorded whole', async () => {
    await seeded()
    await reserve({ askedGrams: grams(2_000) })
    const over = await flow(2_201)
    expect(over.effects).toEqual([{ kind: 'stop' }, { kind: 'alarm', code: 'preset_overrun' }])
    await event({ kind: 'ended' })
    await totals(2_260)
    await event({ kind: 'settle' })
    expect((await books()).settledGrams).toBe(2_260)
  })
  it('gas seen after the closing totals waits for the next piece and leaves the books whole', async () => {
    await seeded()
    await reserve()
    await flow(4_000)
    await event({ kind: 'ended' })
    await totals(4_100)
    await flow(4_130)
    expect(await books()).toMatchObject({ openGrams: 4_100, differenceGrams: 0 })
    await event({ kind: 'settle' })
    await totals(4_130)
    expect(await books()).toMatchObject({
      settledGrams: 4_100,
      orphanGrams: 30,
      differenceGrams: 0,
    })
  })
  it('below half of the expected gas the token lives on', async () => {
    await fillUp(3_999)
    expect(await rig.ledger.run('rig.checkIns', ticket.booking)).toMatchObject([
      { state: 'redeemed', partFilled: true },
    ])
  })
  it('D02: a meter reset freezes the nozzle until a manager clears it', async () => {
    await event({ kind: 'totals-read', totaliserGrams: grams(5), atRest: true, sale: null })
    await seeded()
    const frozen = await reserve({ totaliserGrams: grams(5) })
    expect(frozen).toMatchObject({ ok: false, error: { facts: { condition: 'meter' } } })
    const by = attendantId('00000009-0000-7000-8000-0000000000ff')
    const refused = await rig.ledger.run('fill.clearReset', {
      ...{ position: key1.position, by, note: 'new meter' },
    })
    expect(refused).toMatchObject({ ok: false, error: { code: 'not_allowed' } })
    expect(await books()).toMatchObject({ resetGrams: 5 - opening, differenceGrams: 0 })
    expect(kinds()).toContain('meter.reset')
  })
  it('D07: gas at a nozzle without a fill is an orphan in the books and in the outbox', async () => {
    await flow(300)
    await flow(900)
    await event({ kind: 'ended' })
    await event({
      kind: 'totals-read',
      totaliserGrams: grams(opening + 950),
      atRest: true,
      sale: null,
    })
    expect(await books()).toMatchObject({ orphanGrams: 950, openGrams: 0, differenceGrams: 0 })
    expect(rig.ops().filter((op) => op.k === 'fill.orphan')).toMatchObject([{ b: { grams: 950 } }])
  })
  it('C01: a clock set back over a restart makes no rollover of a step back', async () => {
    rig.clock.stepWall(millis(-3_600_000))
    await rig.reboot('c')
    await event({
      kind: 'totals-read',
      totaliserGrams: grams(opening - 100),
      atRest: true,
      sale: null,
    })
    expect((await books()).resetGrams).toBe(-100)
  })
})

describe('fill.collect', () => {
  const by = attendantId('00000009-0000-7000-8000-0000000000fe')

  it('a settled fill is paid once', async () => {
    const fill = await fillUp(8_000)
    const input = { fill, method: 'cash', amountPaise: paise(75_600), by } as const
    expect(await rig.ledger.run('fill.collect', input)).toMatchObject({ ok: true })
    expect(await rig.ledger.run('fill.collect', input)).toMatchObject({
      ok: false,
      error: { code: 'fill_collected' },
    })
    const listed = await rig.ledger.run('fill.list', { limit: 1, cursor: null })
    expect(listed.fills[0]).toMatchObject({ collected: true })
  })
  it('a void fill is not paid', async () => {
    const fill = await fillUp(0)
    const input = { fill, method: 'cash', amountPaise: paise(1), by } as const
    expect(await rig.ledger.run('fill.collect', input)).toMatchObject({
      ok: false,
      error: { code: 'fill_not_settled' },
    })
  })
})

describe('the fill log on disk', () => {
  it('P01: a restart between complete and settle settles from the row, once', async () => {
    await seeded()
    await reserve()
    await flow(4_000)
    await event({ kind: 'ended' })
    await totals(4_100)
    await rig.reboot('c')
    const look = {
      key: key1,
      rest: 'at-rest',
      totaliserGrams: grams(opening + 4_100),
      raw: null,
      runningGrams: null,
      sale: null,
      waitedMs: millis(0),
      authoriseWithinMs: seconds(60),
      mayControl: true,
    } as const
    expect(await rig.ledger.run('fill.recover', look)).toMatchObject({ row: 1, next: 'again' })
    expect(await rig.ledger.run('fill.recover', look)).toMatchObject({ row: 6, next: 'done' })
    expect(await books()).toMatchObject({ settledGrams: 4_100, differenceGrams: 0 })
  })
  it('D03: an intent that came to nothing waits out its expiry and is then void', async () => {
    await seeded()
    await reserve()
    await rig.reboot('c')
    const look = (waitedMs: number) =>
      rig.ledger.run('fill.recover', {
        key: key1,
        rest: 'at-rest',
        totaliserGrams: opening,
        raw: null,
        runningGrams: null,
        sale: null,
        waitedMs: millis(waitedMs),
        authoriseWithinMs: seconds(60),
        mayControl: true,
      })
    expect(await look(5_000)).toMatchObject({ row: 9, next: 'hold' })
    rig.clock.advance(seconds(61))
    expect(await look(66_000)).toMatchObject({ row: 9, next: 'done', state: { kind: 'voided' } })
    expect(await rig.ledger.run('rig.checkIns', ticket.booking)).toMatchObject([
      { state: 'released' },
    ])
  })
  it('a log row can never be edited', async () => {
    await seeded()
    await reserve()
    const db = new Database(rig.file)
    expect(() => db.exec('UPDATE fill_log SET raw = NULL')).toThrow(/never edited/)
    db.close()
  })
  it('books that somebody changed by hand are found', async () => {
    await fillUp(8_000)
    const db = new Database(rig.file)
    db.exec('UPDATE nozzle SET settled_grams = settled_grams - 1')
    db.close()
    expect(booksHold(await books())).toBe(false)
  })
  it('a list of fills pages without loss or repetition', async () => {
    await fillUp(8_000)
    for (let n = 2; n <= 5; n += 1) {
      const base = grams(opening + 8_000)
      await event({ kind: 'flow', totaliserGrams: grams(base + n * 100) })
      await event({
        kind: 'totals-read',
        totaliserGrams: grams(base + n * 100),
        atRest: true,
        sale: null,
      })
    }
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { fills: readonly { id: string }[]; nextCursor: string | null } =
        await rig.ledger.run('fill.list', { limit: 2, cursor })
      seen.push(...page.fills.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
  })
})
