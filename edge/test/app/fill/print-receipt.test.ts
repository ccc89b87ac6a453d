import { grams } from '@baari/shared/units/mass'
import type { FillId } from '@baari/shared/units/names'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NozzleEvent } from '../../../src/app/fill/record-event.ts'
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

const event = (one: NozzleEvent) =>
  rig.ledger.run('fill.event', { key: key1, event: one, raw: null })

/** A whole fill of so many grams, settled or void. */
async function fillUp(delivered: number): Promise<FillId> {
  const ticket = ticketAt(1)
  await rig.ledger.run('rig.seed', { ticket, claimed: true })
  await rig.ledger.run('fill.reserve', reserveAt1(ticket))
  await event({ kind: 'acknowledged' })
  const totaliserGrams = grams(opening + delivered)
  if (delivered > 0) await event({ kind: 'flow', totaliserGrams })
  await event({ kind: 'ended' })
  const shown = { sequence: 42, bootEpoch: 1, grams: grams(delivered), openingGrams: opening }
  const sale = delivered === 0 ? null : shown
  await event({ kind: 'totals-read', totaliserGrams, atRest: true, sale })
  await event({ kind: 'settle' })
  const { fills } = await rig.ledger.run('fill.list', { limit: 1, cursor: null })
  return fills[0]!.id
}

describe('the receipt of a sale', () => {
  it('a receipt is an original once, every later one a copy, and one that was not sent does not count', async () => {
    const fill = await fillUp(8_000)
    const begin = () => rig.ledger.run('receipt.begin', { fill })
    const first = await begin()
    expect(first).toMatchObject({
      ok: true,
      value: { copy: 0, saleNo: 1, grams: 8_000, amountPaise: 75_600, position: 1 },
    })
    await rig.ledger.run('receipt.notPrinted', { fill, copy: 0 })
    expect(await begin()).toMatchObject({ value: { copy: 0 } })
    expect(await begin()).toMatchObject({ value: { copy: 1 } })
    await rig.reboot('c')
    expect(await begin()).toMatchObject({ value: { copy: 2 } })
    // A late word about an earlier paper takes back nothing.
    await rig.ledger.run('receipt.notPrinted', { fill, copy: 0 })
    expect(await begin()).toMatchObject({ value: { copy: 3 } })
  })
  it('a void fill has no receipt', async () => {
    const fill = await fillUp(0)
    expect(await rig.ledger.run('receipt.begin', { fill })).toMatchObject({
      error: { code: 'fill_not_settled' },
    })
  })
})
