import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FollowInput } from '../../../src/app/sync/follow-commands.ts'
import type { FollowChange } from '../../../src/ports/sync.ts'
import { syncLedger, type SyncLedger } from '../../support/sync-ledger.ts'

let folder: string
let ledger: SyncLedger

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baari-follow-'))
  ledger = syncLedger(join(folder, 'ledger.db'))
})
afterEach(async () => {
  await ledger.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The process dies between two commits and starts again on the same file. */
async function crash(): Promise<void> {
  await ledger.close()
  ledger = syncLedger(join(folder, 'ledger.db'))
}

const denied = (id: string, minRev = 1): FollowChange => ({
  kind: 'upsert',
  row: { booking_id: id, station_no: 42, min_rev: minRev, reason: 'cancelled' },
})

function piece(changes: readonly FollowChange[], more: Partial<FollowInput> = {}, flags = {}) {
  return ledger.run('follow.apply', {
    name: 'denied_token',
    handle: 'h1',
    offset: '0_0',
    schemaHash: 's',
    changes,
    ...more,
    piece: { startsSnapshot: false, last: true, upToDate: true, ...flags },
  })
}

async function rows(): Promise<readonly (string | undefined)[]> {
  const seen = await ledger.run('test.look', (tx) =>
    ['a', 'b', 'c'].map((id) => (tx.bookings.denied(id as never) === undefined ? undefined : id)),
  )
  return (seen as (string | undefined)[]).filter((id) => id !== undefined)
}

async function cursor() {
  return (await ledger.run('follow.cursors', null)).find((one) => one.name === 'denied_token')
}

describe('rows of a shape', () => {
  it('many rows with deletes among them end as if each had come alone', async () => {
    const many = Array.from({ length: 45 }, (_, n) => denied(`x${n}`))
    await piece([
      ...[denied('a'), ...many, denied('b', 1), denied('b', 2)],
      ...[
        { kind: 'delete' as const, key: 'a' },
        { kind: 'delete' as const, key: 'x44' },
      ],
      ...[denied('c', 3), denied('c', 4)],
    ])
    expect(await rows()).toEqual(['b', 'c'])
    const kept = await ledger.run('test.look', (tx) =>
      ['b', 'c'].map((id) => tx.bookings.denied(id as never)),
    )
    expect(kept).toMatchObject([{ minRev: 2 }, { minRev: 4 }])
    expect(await ledger.run('test.look', (tx) => tx.sync.follow.count('denied_token'))).toBe(46)
  })

  it('a first snapshot shows at its up-to-date and not before', async () => {
    await piece([denied('a')], {}, { startsSnapshot: true, upToDate: false })
    expect(await rows()).toEqual([])
    expect(await cursor()).toMatchObject({ offset: '0_0', staging: true, lastUpToDate: null })
    expect(await piece([denied('b')], { offset: '0_inf' })).toEqual({
      swapped: true,
      staging: false,
      ops: 0,
    })
    expect(await rows()).toEqual(['a', 'b'])
    expect(await cursor()).toMatchObject({ offset: '0_inf', staging: false })
  })

  it('Y4 the place moves only with the last piece; a repeated piece changes nothing', async () => {
    await piece([denied('a')], {}, { startsSnapshot: true })
    await piece([denied('b')], { offset: '7_0' }, { last: false })
    expect(await cursor()).toMatchObject({ offset: '0_0' })
    await crash()
    expect(await rows()).toEqual(['a', 'b'])
    await piece([denied('b')], { offset: '7_0' }, { last: false })
    await piece([{ kind: 'delete', key: 'a' }], { offset: '7_0' })
    expect(await rows()).toEqual(['b'])
    expect(await cursor()).toMatchObject({ offset: '7_0' })
  })

  it('§9 case 22: a crash at any step of a refetch leaves the old rows or the new ones', async () => {
    await piece([denied('a'), denied('b')], {}, { startsSnapshot: true })
    const old = ['a', 'b']
    const anew = { handle: 'h2' }
    await piece([denied('b', 9)], anew, { startsSnapshot: true, last: false, upToDate: false })
    expect(await rows()).toEqual(old)
    await crash()
    expect(await rows()).toEqual(old)
    // The first chunk was never whole, so it comes again from the start.
    expect(await cursor()).toMatchObject({ handle: 'h2', offset: '-1', staging: true })
    await piece([denied('b', 9)], anew, { startsSnapshot: true, upToDate: false })
    await crash()
    expect(await rows()).toEqual(old)
    await piece([denied('c')], { ...anew, offset: '0_1' }, { last: false })
    await crash()
    expect(await rows()).toEqual(old)
    await piece([denied('c')], { ...anew, offset: '5_0' })
    await crash()
    expect(await rows()).toEqual(['b', 'c'])
    const staged = await ledger.run('test.look', (tx) => tx.sync.follow.count('denied_token'))
    expect(staged).toBe(2)
  })

  it('a snapshot that is begun twice holds no row of the first try', async () => {
    await piece([denied('a')], {}, { startsSnapshot: true, upToDate: false })
    await piece([denied('b')], {}, { startsSnapshot: true })
    expect(await rows()).toEqual(['b'])
  })

  it('§9 case 9: an unreadable row is kept aside and the one we had stays, also through a refetch', async () => {
    await piece([denied('a'), denied('b')], {}, { startsSnapshot: true })
    const bad: FollowChange = { kind: 'unreadable', key: 'a', payload: '{}', reason: 'min_rev' }
    await piece([bad], { offset: '8_0' })
    await piece([bad, denied('c')], { handle: 'h2' }, { startsSnapshot: true })
    expect(await rows()).toEqual(['a', 'c'])
  })

  it('other tables keep their own place', async () => {
    await piece([denied('a')], {}, { startsSnapshot: true })
    const row = { id: 't', station_no: 42, price_paise_per_kg: 9_000, valid_from_ms: 0 }
    await piece(
      [{ kind: 'upsert', row }],
      { name: 'tariff', offset: '3_0' },
      { startsSnapshot: true },
    )
    expect(await cursor()).toMatchObject({ offset: '0_0' })
    expect(await ledger.run('test.look', (tx) => tx.tariffs.priceAt(1 as never))).toBe(9_000)
  })
})

describe('a cancel that comes down', () => {
  const id = '00000000-0000-7000-8000-0000000000b1'
  const bookingRow = (state: string): FollowChange => ({
    kind: 'upsert',
    row: {
      ...{ id, station_no: 42, state, rev: 3, window_start_ms: 0, expires_ms: 0 },
      ...{ vehicle_class: 'auto', nozzle: 'ngv1', grams: 8_000, plate: 'MH12AB1', retest_day: 1 },
      ...{ fence: null, created_at_ms: 0 },
      ...{ payment_mode: 'pump', paid_paise: 0, max_uses: 1, under_review: 0 },
    },
  })
  const down = (state: string, flags = {}) =>
    piece([bookingRow(state)], { name: 'booking', offset: '5_0' }, flags)

  async function acks(): Promise<number> {
    const { run } = await ledger.run('uplink.next', { ops: 100, streams: ['ledger'] })
    const text = Buffer.from(run?.lines ?? []).toString('utf8')
    return text.split('booking.cancel_acked').length - 1
  }

  it('is acknowledged once, in the transaction of its row', async () => {
    await down('active', { startsSnapshot: true })
    expect(await acks()).toBe(0)
    await down('cancel_pending')
    await down('cancel_pending')
    expect(await acks()).toBe(1)
  })

  it('is acknowledged when it came with a snapshot, at the swap and not before', async () => {
    await down('cancel_pending', { startsSnapshot: true, upToDate: false })
    expect(await acks()).toBe(0)
    await down('cancel_pending')
    expect(await acks()).toBe(1)
  })

  it('§9 case 26: is not acknowledged when the vehicle has checked in', async () => {
    await down('active', { startsSnapshot: true })
    await ledger.run('test.look', (tx) =>
      tx.checkIns.save({
        ...{ booking: id, useNo: 1, state: 'claimed', lane: 1, at: 1, ticket: id, fill: null },
        partFilled: false,
      } as never),
    )
    await down('cancel_pending')
    expect(await acks()).toBe(0)
  })
})

describe('station time in the ledger', () => {
  it('uncertain time only raises the floor, trusted time corrects it', async () => {
    const floor = async () => (await ledger.run('time.read', null)).floor
    await ledger.run('time.floor', { floor: 5_000 as never, trusted: false })
    await ledger.run('time.floor', { floor: 3_000 as never, trusted: false })
    expect(await floor()).toBe(5_000)
    await ledger.run('time.floor', { floor: 4_000 as never, trusted: true })
    expect(await floor()).toBe(4_000)
    await crash()
    expect(await floor()).toBe(4_000)
  })
})
