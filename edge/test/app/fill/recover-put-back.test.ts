import { grams } from '@baari/shared/units/mass'
import { millis, seconds } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  fillRig,
  key1,
  opening,
  reserveAt1,
  ticketAt,
  type FillRig,
} from '../../support/fill-rig.ts'

let rig: FillRig

beforeEach(async () => {
  rig = await fillRig()
})
afterEach(() => rig.dispose())

it('a file put back decides on its open fill only when it has what it had lost', async () => {
  await openFill()
  await rig.reboot('c')
  await rig.ledger.run('rig.plan', { covers: [], unended: [], sinceMs: 0 })
  expect(await look()).toBeNull()
  expect(await disputedGrams()).toBe(0)
  await rig.ledger.run('rollback.replay', null)
  expect(await look()).toMatchObject({ row: 10, state: { kind: 'dispute' } })
  expect(await disputedGrams()).toBe(4_100)
})

async function openFill(): Promise<void> {
  const ticket = ticketAt(1)
  await rig.ledger.run('rig.seed', { ticket, claimed: true })
  await rig.ledger.run('fill.reserve', reserveAt1(ticket))
  const flow = { kind: 'flow', totaliserGrams: grams(opening + 2_000) } as const
  await rig.ledger.run('fill.event', { key: key1, event: flow, raw: null })
}

function look() {
  return rig.ledger.run('fill.recover', {
    key: key1,
    rest: 'at-rest',
    totaliserGrams: grams(opening + 4_100),
    raw: null,
    runningGrams: null,
    sale: null,
    waitedMs: millis(0),
    authoriseWithinMs: seconds(60),
    mayControl: true,
  })
}

async function disputedGrams(): Promise<number | undefined> {
  const books = await rig.ledger.run('fill.books', {})
  return books[0]?.disputedGrams
}
