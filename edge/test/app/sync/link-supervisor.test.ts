import { manualClock } from '@baari/shared/testing/manual-clock'
import { millis, minutes } from '@baari/shared/units/time'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startUplink, type Uplink } from '../../../src/app/sync/link-supervisor.ts'
import { sessionKeeper } from '../../../src/app/sync/session-keeper.ts'
import { stationClock } from '../../../src/app/sync/station-clock.ts'
import { httpLine } from '../../../src/adapters/sync/http-line.ts'
import { testNow } from '../../support/ledger-file.ts'
import { syncLedger, vehicles, type SyncLedger } from '../../support/sync-ledger.ts'
import { scriptedCloud } from '../../support/scripted-cloud.ts'

const open: { uplink: Uplink; ledger: SyncLedger }[] = []

afterEach(async () => {
  for (const { uplink, ledger } of open.splice(0)) {
    await uplink.stop()
    await ledger.close()
  }
})

/** An uplink on a clock that moves only when told to, against a cloud that follows a script. */
async function start(more: { readonly batchOpsMax?: number } = {}) {
  const clock = manualClock()
  const cloud = scriptedCloud()
  const ledger = syncLedger()
  const alarms: string[] = []
  const time = stationClock(clock)
  const line = httpLine({
    baseUrl: 'http://cloud.test',
    fetch: cloud.fetch,
    clock,
    onTime: time.learn,
    identity: { station: 42, kid: 142, instance: 'aa'.repeat(16), sign: () => 'c2ln' },
  })
  const deps = { station: 42, line, clock, ledger }
  const uplink = await startUplink({
    ...deps,
    ...more,
    keeper: sessionKeeper(deps),
    time,
    // No jitter at all: waits are exactly their floor.
    prng: { next: () => 0 },
    onAlarm: (code) => alarms.push(code),
    onFault: (error) => alarms.push(String(error)),
  })
  open.push({ uplink, ledger })
  const settle = (state: string) =>
    vi.waitFor(() => expect(uplink.status().state).toBe(state), { timeout: 5_000, interval: 1 })
  return { clock, cloud, ledger, uplink, alarms, settle }
}

describe('link supervisor', () => {
  it('signs in, sends what waits, and then beats every 30 s with an empty batch', async () => {
    const { clock, cloud, ledger, settle } = await start()
    await ledger.run('test.append', vehicles(3))
    await settle('idle')
    expect(cloud.batches).toEqual([{ first: 1, count: 4 }])
    clock.advance(millis(29_999))
    expect(cloud.batches).toHaveLength(1)
    clock.advance(millis(1))
    await vi.waitFor(() => expect(cloud.batches).toHaveLength(2))
    expect(cloud.batches[1]).toEqual({ first: 5, count: 0 })
  })

  it('a new op is sent at once, and one written during a batch right after it', async () => {
    const { clock, cloud, ledger, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    const held = cloud.holdNext()
    await ledger.run('test.append', vehicles(1))
    await settle('sending')
    await held.asked
    await ledger.run('test.append', vehicles(1))
    held.release()
    await vi.waitFor(() => expect(cloud.received()).toBe(3))
    await settle('idle')
  })

  it('a commit that wrote no op asks the cloud nothing, and the next heartbeat is on time', async () => {
    const { clock, cloud, ledger, uplink, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    const asked = cloud.batches.length
    const request = { scope: 'test', key: 'a', requestSha256: 'b' }
    await ledger.run('test.look', (tx) =>
      tx.requestAnswers.keep(request, { answer: 'null', at: testNow.at }),
    )
    await ledger.run('uplink.waits', null)
    expect(uplink.status().state).toBe('idle')
    clock.advance(millis(29_999))
    expect(cloud.batches).toHaveLength(asked)
    clock.advance(millis(1))
    await vi.waitFor(() => expect(cloud.batches).toHaveLength(asked + 1))
  })

  it('of a backlog the next batch leaves before the one before it is answered, once', async () => {
    const { cloud, ledger, settle } = await start({ batchOpsMax: 1_000 })
    const held = cloud.holdNext('applied')
    await ledger.run('test.append', vehicles(2_100))
    await held.asked
    await vi.waitFor(() => expect(cloud.batches).toHaveLength(2), { timeout: 5_000, interval: 1 })
    held.release()
    await vi.waitFor(() => expect(cloud.received()).toBe(2_101), { timeout: 5_000, interval: 1 })
    await settle('idle')
    expect(cloud.batches).toEqual([
      { first: 1, count: 1_000 },
      { first: 1_001, count: 1_000 },
      { first: 2_001, count: 101 },
    ])
    expect(cloud.gaps).toEqual([])
  })

  it('a batch that overtook the one before it is refused without effect and sent again', async () => {
    const { cloud, ledger, alarms, settle } = await start({ batchOpsMax: 1_000 })
    const held = cloud.holdNext()
    await ledger.run('test.append', vehicles(2_100))
    await held.asked
    await vi.waitFor(() => expect(cloud.gaps).toEqual([1_001]), { timeout: 5_000, interval: 1 })
    held.release()
    await vi.waitFor(() => expect(cloud.received()).toBe(2_101), { timeout: 5_000, interval: 1 })
    await settle('idle')
    expect(cloud.batches.map(({ first }) => first)).toEqual([1, 1_001, 2_001])
    expect(alarms).toEqual([])
  })

  it('what a full disk left of a replay is taken over when the link is tried again', async () => {
    const { clock, cloud, ledger, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    await ledger.run('test.look', ({ sync: { rollback } }) =>
      rollback.savePlan({ covers: [], unended: [], sinceMs: 0 }),
    )
    cloud.answerNext({ status: 500 })
    await ledger.run('test.append', vehicles(1))
    await settle('offline')
    clock.advance(minutes(1))
    await settle('idle')
    expect(await ledger.run('test.look', ({ sync }) => sync.rollback.plan())).toBeNull()
  })

  it('§9 case 14: after a 503 it stays away for as long as Retry-After says', async () => {
    const { clock, cloud, ledger, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    cloud.answerNext({ status: 503, headers: { 'retry-after': '20' } })
    await ledger.run('test.append', vehicles(1))
    await settle('offline')
    const before = cloud.requests()
    await ledger.run('test.append', vehicles(1))
    clock.advance(millis(19_999))
    expect(cloud.requests()).toBe(before)
    clock.advance(millis(1))
    await settle('idle')
    expect(cloud.received()).toBe(3)
  })

  it('§9 case 34: a failed send is retried by the timer, without any later write', async () => {
    const { clock, cloud, ledger, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    cloud.answerNext({ status: 500 })
    await ledger.run('test.append', vehicles(1))
    await settle('offline')
    clock.advance(millis(1_000))
    await settle('idle')
    expect(cloud.received()).toBe(2)
  })

  it('a batch the cloud will not take stalls with an alarm and is kept', async () => {
    const { clock, cloud, ledger, alarms, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    cloud.answerNext({ status: 400 })
    await ledger.run('test.append', vehicles(1))
    await settle('stalled')
    expect(alarms).toEqual(['stalled'])
    clock.advance(millis(300_000))
    await settle('idle')
    expect(cloud.received()).toBe(2)
  })

  it('three refused sign-ins raise an alarm, and it goes on trying', async () => {
    const { clock, cloud, alarms, settle } = await start()
    cloud.answerSessions({ status: 401 })
    for (let n = 0; n < 3; n += 1) {
      clock.advance(millis(60_000))
      await settle('offline')
    }
    expect(alarms).toEqual(['refused'])
    cloud.answerSessions(undefined)
    clock.advance(millis(60_000))
    await settle('idle')
  })

  it('a stop ends an exchange under way', async () => {
    const { clock, cloud, ledger, uplink, settle } = await start()
    clock.advance(millis(0))
    await settle('idle')
    const held = cloud.holdNext()
    await ledger.run('test.append', vehicles(1))
    await held.asked
    await uplink.stop()
    expect(clock.pendingTimers()).toEqual([])
  })
})
