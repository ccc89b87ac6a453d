import { seededPrng } from '@baari/shared/testing/seeded-prng'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alarmsOfEvents } from '../../../src/adapters/postgres/migrations/0042-station-alarms.ts'
import { stationStreams } from '../../../src/adapters/postgres/sync/stream-store.ts'
import { syncDeskOf } from '../../../src/adapters/postgres/sync/sync-desk.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { replayDeferred } from '../../../src/app/sync/replay-deferred.ts'
import { startSyncWorld, stationUnderTest, type SyncWorld } from '../../support/sync-world.ts'
import { TestStation } from '../../support/test-station.ts'

let world: SyncWorld
let station: TestStation

beforeEach(async () => {
  world = await startSyncWorld()
  station = await speaker()
})
afterEach(async () => {
  await world.stop()
})

/** A session that speaks on the stream of alarms, in a new epoch that follows the one before. */
async function speaker(before?: TestStation): Promise<TestStation> {
  const ledger = new TestStation(world.url, world.stationKey)
  const seq = before?.lines.length ?? 0
  const epoch = before?.epoch
  const head = { epoch, stream: 'alarm', seq, chain: before?.chain[seq] }
  const follows = { prevEpoch: epoch, prevHeads: [head] }
  expect((await ledger.signIn(before === undefined ? {} : follows)).status).toBe(200)
  const side = new TestStation(world.url, world.stationKey, ledger.epoch, 'alarm')
  return Object.assign(side, { token: ledger.token, gen: ledger.gen })
}

const start = 1_800_000_000_000
const named = (subject: string) => ({ source: 'device', code: 'bus_offline', subject })

const raise = (subject: string, t: number, detail = '') =>
  station.add({ k: 'alarm.raised', t: start + t, b: { ...named(subject), detail, count: 1 } })
const clear = (subject: string, t: number) =>
  station.add({ k: 'alarm.cleared', t: start + t, b: { ...named(subject), raisedAtMs: start } })

async function send(first = 1, last = station.lines.length): Promise<void> {
  const answer = await station.send(station.batch(first, last), 'alarm')
  expect(answer).toMatchObject({ status: 200, body: { results: [] } })
}

type Row = { readonly subject: string; readonly raised: boolean; readonly since: number }

async function rows(sql: string): Promise<readonly unknown[]> {
  return (await world.pool.query(sql)).rows
}
const kept = () =>
  rows(`SELECT subject, raised, detail, (since_ms - ${start})::int AS since,
    (at_ms - ${start})::int AS at, epoch_no, seq::int FROM station_alarm ORDER BY subject`)
const open = async () =>
  ((await kept()) as Row[])
    .filter(({ raised }) => raised)
    .map(({ subject, since }) => ({ subject, since }))
const told = async () =>
  (await syncDeskOf(world.pool).openAlarms(stationUnderTest)).map(({ subject }) => subject)

const replay = (reader: string) =>
  replayDeferred({
    ...{ streams: stationStreams(world.pool), clock: systemClock, reader },
    finishCancels: () => Promise.resolve(),
  })

/** As if an older cloud had not known these ops. */
const forget = (seqs: readonly number[]) =>
  world.pool.query(
    `UPDATE station_op SET verdict = 'deferred', code = 'kind_unknown', tried = NULL
     WHERE stream = 'alarm' AND seq = ANY ($1::int[])`,
    [seqs],
  )

describe('open alarms', () => {
  it('an alarm is open from its first raise to its clear, however the words are cut into batches', async () => {
    raise('1', 10)
    raise('2', 20)
    await send()
    raise('1', 30)
    clear('2', 40)
    raise('3', 50)
    await send(2)
    expect(await open()).toEqual([
      { subject: '1', since: 10 },
      { subject: '3', since: 50 },
    ])
    clear('1', 60)
    raise('1', 70)
    raise('1', 80, 'again')
    await send(1)
    await send(1)
    expect(await open()).toEqual([
      { subject: '1', since: 70 },
      { subject: '3', since: 50 },
    ])
    expect(await told()).toEqual(['1', '3'])
    expect(await rows('SELECT 1 FROM alarm_event')).toHaveLength(8)
  })

  it('a clear counts by its place in the stream, also with a clock that went back', async () => {
    raise('1', 5_000)
    clear('1', 100)
    await send()
    expect(await told()).toEqual([])
  })

  it('a later epoch of the station has the last word', async () => {
    raise('1', 10)
    raise('2', 10)
    await send()
    station = await speaker(station)
    clear('1', 20)
    raise('2', 30)
    await send()
    expect(await open()).toEqual([{ subject: '2', since: 10 }])
  })

  it('an older word that an upgrade reads later neither raises nor clears what a newer one did', async () => {
    raise('1', 10)
    clear('2', 11)
    clear('1', 20)
    raise('2', 21)
    await send()
    await world.pool.query('DELETE FROM station_alarm; DELETE FROM alarm_event')
    await forget([3, 4])
    expect(await replay('one')).toEqual({ applied: 2, left: 0 })
    await forget([1, 2])
    expect(await replay('two')).toEqual({ applied: 2, left: 0 })
    expect(await open()).toEqual([{ subject: '2', since: 21 }])
  })

  it('a word the database cannot hold leaves nothing behind, and the words around it count', async () => {
    raise('1', 10)
    raise('2', 20, 'torn\u0000')
    clear('1', 30)
    const answer = await station.send(station.batch(1, 3), 'alarm')
    expect(answer.body).toMatchObject({ ack: 3, results: [{ s: 2, code: 'sql_error' }] })
    expect(await kept()).toMatchObject([{ subject: '1', raised: false, seq: 3 }])
    expect(await rows('SELECT 1 FROM alarm_event')).toHaveLength(2)
  })

  it.each([1, 2, 3])(
    'seed %i: whatever is repeated, replayed in another order and by two at once, the last word stands',
    async (seed) => {
      const prng = seededPrng(seed)
      const last = new Map<string, { raised: boolean; seq: number }>()
      for (let seq = 1; seq <= 60; seq += 1) {
        const subject = String(Math.floor(prng.next() * 5))
        const raised = prng.next() < 0.6
        if (raised) raise(subject, seq)
        else clear(subject, seq)
        last.set(subject, { raised, seq })
      }
      for (let at = 1; at <= 60;) {
        const to = Math.min(60, at + Math.floor(prng.next() * 15))
        await send(Math.max(1, at - Math.floor(prng.next() * 10)), to)
        at = to + 1
      }
      const expected = [...last]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([subject, word]) => ({ subject, ...word }))
      expect(await kept()).toMatchObject(expected)
      const before = await kept()
      await world.pool.query('DELETE FROM station_alarm')
      await world.pool.query(alarmsOfEvents)
      expect(await kept()).toEqual(before)
      await world.pool.query('DELETE FROM station_alarm; DELETE FROM alarm_event')
      const seqs = Array.from({ length: 60 }, (_, i) => i + 1)
      const late = seqs.filter(() => prng.next() < 0.5)
      await forget(seqs.filter((seq) => !late.includes(seq)))
      await Promise.all([replay('one'), replay('two')])
      await forget(late)
      await Promise.all([replay('three'), replay('four')])
      expect(await kept()).toMatchObject(expected)
      expect(await rows('SELECT 1 FROM alarm_event')).toHaveLength(60)
    },
  )
})

it('the words of before the table are counted over epochs, each in the order it was opened', async () => {
  raise('1', 10)
  raise('2', 15)
  clear('2', 16)
  await send()
  station = await speaker(station)
  raise('1', 20)
  raise('3', 30)
  clear('3', 40)
  raise('3', 35)
  await send()
  const before = await kept()
  expect(await open()).toEqual([
    { subject: '1', since: 10 },
    { subject: '3', since: 35 },
  ])
  await world.pool.query('DELETE FROM station_alarm')
  await world.pool.query(alarmsOfEvents)
  expect(await kept()).toEqual(before)
})
