import { describe, expect, it } from 'vitest'
import { stationStreams } from '../../../src/adapters/postgres/sync/stream-store.ts'
import { syncDeskOf } from '../../../src/adapters/postgres/sync/sync-desk.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { replayDeferred } from '../../../src/app/sync/replay-deferred.ts'
import { readDeadLetters } from '../../../src/app/sync/sync-desk.ts'
import { readerName } from '../../../src/compose/reader-name.ts'
import { signedInStation, uuidOfNumber } from '../../support/signed-in-station.ts'
import { addBooking, stationUnderTest } from '../../support/sync-world.ts'
import type { WireOp } from '../../support/test-station.ts'

const sync = signedInStation()

const uuid = uuidOfNumber
const booking = uuid(0xb0)
const ticket = uuid(0x70)

function settled(grams: number): WireOp {
  return {
    k: 'fill.settled',
    e: 1,
    b: {
      position: 1,
      ticket,
      booking,
      grams,
      amountPaise: grams * 9,
      pricePaisePerKg: 9_000,
      totaliserBeforeGrams: 100_000,
      totaliserAfterGrams: 100_000 + grams,
      recovered: false,
    },
  }
}

const claim: WireOp = {
  k: 'checkin.claimed',
  b: {
    ...{ booking, useNo: 1, lane: 1, verdict: 'ADMIT', ticket, rev: 1 },
    ...{ offline: true, forced: false },
  },
}

/**
 * What an older cloud left behind: the ops applied by this one are put back as if their kinds had
 * been unknown then, without any effect of theirs.
 */
async function asOlderCloud(kinds: readonly string[]): Promise<void> {
  await sync.world.pool.query(
    `UPDATE station_op SET verdict = 'deferred', code = 'kind_unknown' WHERE kind = ANY ($1)`,
    [kinds],
  )
  for (const table of ['sale', 'check_in', 'booking_fact', 'exception', 'vehicle_record'])
    await sync.world.pool.query(`DELETE FROM ${table}`)
  await sync.world.pool.query(`UPDATE booking SET state = 'active'`)
}

const replay = (reader = readerName()) =>
  replayDeferred({
    streams: stationStreams(sync.world.pool),
    clock: systemClock,
    reader,
    finishCancels: () => Promise.resolve(),
  })

async function one<T>(sql: string): Promise<T> {
  return (await sync.world.pool.query(sql)).rows[0] as T
}
const count = async (table: string): Promise<number> =>
  Number((await one<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).n)

describe('deferred ops after an upgrade', () => {
  it('§9 case 8: are replayed in the station’s order with the effects they would have had', async () => {
    await addBooking(sync.world.pool, { id: booking })
    sync.station
      .add({ k: 'entity', b: { ref: 1, type: 'fill', uuid: uuid(1) } })
      .add(claim)
      .add(settled(5_000))
    await sync.station.sendFrom()
    await asOlderCloud(['checkin.claimed', 'fill.settled'])
    expect(await replay()).toEqual({ applied: 2, left: 0 })
    expect(await one('SELECT state FROM booking')).toEqual({ state: 'completed' })
    expect(await one('SELECT grams, amount_paise FROM sale')).toEqual({
      grams: '5000',
      amount_paise: '45000',
    })
    expect(await count("station_op WHERE verdict <> 'applied'")).toBe(0)
  })

  it('§9 case 8: two processes that replay at once have each effect once', async () => {
    sync.station
      .add({ k: 'entity', b: { ref: 1, type: 'fill', uuid: uuid(1) } })
      .add(settled(5_000))
    for (let n = 0; n < 50; n += 1) {
      const body = { plate: `MH12AB${n}`, retestDay: 21_000, by: uuid(0xa0) }
      sync.station.add({ k: 'vehicle.recorded', b: body })
    }
    await sync.station.sendFrom()
    await asOlderCloud(['fill.settled', 'vehicle.recorded'])
    const both = await Promise.all([replay(), replay()])
    expect(both[0].applied + both[1].applied).toBe(51)
    expect(await count('sale')).toBe(1)
    expect(await count('vehicle_record')).toBe(50)
    expect(await replay()).toEqual({ applied: 0, left: 0 })
  })

  it('§9 case 8: what is still unknown stays raw and is tried once by each reader', async () => {
    sync.station.add({ k: 'hydrogen.sold', b: { bars: 700 } }).add('this is no op at all')
    await sync.station.sendFrom()
    expect(await replay('one')).toEqual({ applied: 0, left: 2 })
    expect(await replay('one')).toEqual({ applied: 0, left: 0 })
    expect(await replay('two')).toEqual({ applied: 0, left: 2 })
    const { raw } = await one<{ raw: Buffer }>('SELECT raw FROM station_op WHERE seq = 2')
    expect(raw.toString()).toBe('this is no op at all')
  })

  it('§9 case 8: a batch that comes while ops are replayed waits and both apply', async () => {
    for (let n = 0; n < 30; n += 1) {
      const body = { plate: `MH12AB${n}`, retestDay: 21_000, by: uuid(0xa0) }
      sync.station.add({ k: 'vehicle.recorded', b: body })
    }
    await sync.station.send(sync.station.batch(1, 20))
    await asOlderCloud(['vehicle.recorded'])
    const [replayed, sent] = await Promise.all([
      replay(),
      sync.station.send(sync.station.batch(21, 30)),
    ])
    expect([replayed.applied, sent.status]).toEqual([20, 200])
    expect(await count('vehicle_record')).toBe(30)
  })

  it('§9 case 7, 8: a fact the database could not hold keeps waiting, those around it apply', async () => {
    sync.station.add({ k: 'entity', b: { ref: 1, type: 'fill', uuid: uuid(1) } })
    sync.station.add({ k: 'fill.voided', e: 1, b: { position: 1, reason: 'torn\u0000' } })
    for (let n = 0; n < 20; n += 1) {
      const body = { plate: `MH12AB${n}`, retestDay: 21_000, by: uuid(0xa0) }
      sync.station.add({ k: 'vehicle.recorded', b: body })
    }
    await sync.station.sendFrom()
    await asOlderCloud(['vehicle.recorded'])
    expect(await replay()).toEqual({ applied: 20, left: 1 })
    expect(await count('vehicle_record')).toBe(20)
    expect(await one("SELECT code FROM station_op WHERE kind = 'fill.voided'")).toEqual({
      code: 'sql_error',
    })
  })

  it('one refused at the replay becomes a dead letter, and the station is told', async () => {
    sync.station.add({ k: 'checkin.released', b: { booking, useNo: 1, reason: 'undo' } })
    await sync.station.sendFrom()
    await sync.world.pool.query('DELETE FROM dead_letter; DELETE FROM notice')
    await asOlderCloud(['checkin.released'])
    await replay()
    expect(await one('SELECT verdict, code FROM dead_letter')).toEqual({
      verdict: 'rejected',
      code: 'use_unknown',
    })
    expect(await count('notice')).toBe(1)
  })
})

describe('dead letters', () => {
  it('are listed page by page, newest first, with the op as it came, until a person resolves them', async () => {
    for (let n = 1; n <= 5; n += 1) {
      sync.station.add({ k: 'checkin.released', b: { booking: uuid(n), useNo: 1, reason: 'undo' } })
    }
    await sync.station.sendFrom()
    const desk = syncDeskOf(sync.world.pool)
    const page = (cursor?: string) =>
      readDeadLetters(desk, stationUnderTest, { open: true, limit: 2, cursor })
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const { deadLetters, nextCursor } = await page(cursor)
      seen.push(...deadLetters.map(({ seq }) => seq))
      cursor = nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual([1, 2, 3, 4, 5])
    const [first] = (await page()).deadLetters
    expect(first).toMatchObject({
      kind: 'checkin.released',
      verdict: 'rejected',
      code: 'use_unknown',
    })
    expect(JSON.parse(first?.line ?? '')).toMatchObject({ s: 1, b: { booking: uuid(1) } })
    const place = { epoch: sync.station.epoch, stream: 'ledger' as const, seq: 3 }
    const how = { by: uuid(9), note: 'asked the manager', atMs: 1 }
    expect(await desk.resolve(stationUnderTest, place, how)).toBe(true)
    expect(await desk.resolve(stationUnderTest, place, how)).toBe(false)
    expect((await page()).deadLetters.map(({ seq }) => seq)).toEqual([1, 2])
    const all = await readDeadLetters(desk, stationUnderTest, {
      open: false,
      limit: 10,
      cursor: undefined,
    })
    expect(all.deadLetters.find(({ seq }) => seq === 3)?.note).toBe('asked the manager')
  })
})
