import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addStation,
  startSyncWorld,
  stationUnderTest,
  type SyncWorld,
} from '../../support/sync-world.ts'
import { TestStation } from '../../support/test-station.ts'

let world: SyncWorld
let station: TestStation

beforeAll(async () => {
  world = await startSyncWorld()
})
afterAll(async () => {
  await world.stop()
})
beforeEach(async () => {
  for (const table of ['station_token', 'session_nonce', 'station_head', 'station_epoch']) {
    await world.pool.query(`DELETE FROM ${table}`)
  }
  await world.pool.query('DELETE FROM station_op')
  await world.pool.query('DELETE FROM station_instance')
  await world.pool.query('UPDATE station SET current_epoch = NULL, generation = 0, instance = NULL')
  station = new TestStation(world.url, world.stationKey)
})

const vehicle = { k: 'vehicle.recorded', b: { plate: 'MH12AB1', retestDay: 1, by: uuid() } }
function uuid(): string {
  return '00000000-0000-7000-8000-0000000000a0'
}

describe('session', () => {
  it('a first session opens its epoch with four empty heads', async () => {
    const { status, body } = await station.signIn()
    expect(status).toBe(200)
    expect(body).toMatchObject({ gen: 1 })
    expect(body['heads']).toContainEqual({
      epoch: station.epoch,
      stream: 'ledger',
      seq: 0,
      chain: station.chain[0],
    })
  })

  it('a nonce opens one session', async () => {
    const challenge = await station.post('/v1/session/challenge', { station: stationUnderTest })
    const ask = station.sessionAsk(challenge.body['nonce'] as string)
    expect((await station.post('/v1/session', ask)).status).toBe(200)
    expect((await station.post('/v1/session', ask)).status).toBe(401)
  })

  it('a nonce is spent by a wrong signature too, and dies after 60 s', async () => {
    const challenge = await station.post('/v1/session/challenge', { station: stationUnderTest })
    const ask = station.sessionAsk(challenge.body['nonce'] as string)
    const forged = { ...ask, sig: randomBytes(64).toString('base64url') }
    expect((await station.post('/v1/session', forged)).status).toBe(401)
    expect((await station.post('/v1/session', ask)).status).toBe(401)
    const late = await station.post('/v1/session/challenge', { station: stationUnderTest })
    await world.pool.query('UPDATE session_nonce SET expires_at_ms = $1', [Date.now() - 1])
    const lateAsk = station.sessionAsk(late.body['nonce'] as string)
    expect((await station.post('/v1/session', lateAsk)).status).toBe(401)
  })

  it('another station’s nonce and a stranger’s key open nothing', async () => {
    const other = generateKeyPairSync('ed25519')
    await addStation(world.pool, { no: 43, kid: 143, publicKey: other.publicKey })
    const theirs = await station.post('/v1/session/challenge', { station: 43 })
    const ask = station.sessionAsk(theirs.body['nonce'] as string)
    expect((await station.post('/v1/session', ask)).status).toBe(401)
    const stranger = new TestStation(world.url, other.privateKey)
    expect((await stranger.signIn()).status).toBe(401)
  })

  it('an unknown station is answered like a known one and gets no session', async () => {
    const answer = await station.post('/v1/session/challenge', { station: 9_998 })
    expect(answer).toMatchObject({ status: 200 })
    const { rowCount } = await world.pool.query('SELECT 1 FROM session_nonce')
    expect(rowCount).toBe(0)
  })

  it('at most 16 nonces wait for one station', async () => {
    for (let n = 0; n < 30; n += 1) {
      await station.post('/v1/session/challenge', { station: stationUnderTest })
    }
    const { rowCount } = await world.pool.query('SELECT 1 FROM session_nonce')
    expect(rowCount).toBe(16)
  })

  it('§9 case 13: a new session of the same process keeps its generation and resends its batch', async () => {
    await station.signIn()
    const gen = station.gen
    station.add(vehicle)
    const packed = station.batch(1, 1)
    await world.pool.query('UPDATE station_token SET expires_at_ms = $1', [Date.now() - 1])
    expect((await station.send(packed)).status).toBe(401)
    await station.signIn()
    expect(station.gen).toBe(gen)
    expect((await station.send(packed)).status).toBe(200)
  })

  it('§9 case 20: a second process fences the first, which gets no new session afterwards', async () => {
    await station.signIn()
    const clone = new TestStation(world.url, world.stationKey, station.epoch)
    expect((await clone.signIn()).body).toMatchObject({ gen: 2 })
    station.add(vehicle)
    expect(await station.sendFrom()).toEqual({
      status: 409,
      body: { error: 'fenced', generation: 2 },
    })
    expect((await station.signIn()).body).toEqual({ error: 'fenced', generation: 2 })
    clone.add(vehicle)
    expect((await clone.sendFrom()).status).toBe(200)
  })

  it('the delayed request of a process that died opens nothing after the one that follows it', async () => {
    const challenge = await station.post('/v1/session/challenge', { station: stationUnderTest })
    const delayed = station.sessionAsk(challenge.body['nonce'] as string)
    const next = new TestStation(world.url, world.stationKey, station.epoch)
    await next.signIn()
    expect((await station.post('/v1/session', delayed)).status).toBe(401)
    next.add(vehicle)
    expect((await next.sendFrom()).status).toBe(200)
  })

  it('§9 case 19: a new epoch is registered with the heads it follows, and by nobody else', async () => {
    await station.signIn()
    station.add(vehicle).add(vehicle)
    await station.sendFrom()
    const restored = new TestStation(world.url, world.stationKey)
    expect((await restored.signIn()).body).toEqual({ error: 'epoch', current: station.epoch })
    const head = (seq: number) => ({
      epoch: station.epoch,
      stream: 'ledger',
      seq,
      chain: station.chain[seq],
    })
    const behind = { prevEpoch: station.epoch, prevHeads: [head(1)] }
    expect((await restored.signIn(behind)).status).toBe(409)
    const equal = { prevEpoch: station.epoch, prevHeads: [head(2)] }
    expect((await restored.signIn(equal)).status).toBe(200)
    restored.add(vehicle)
    expect((await restored.sendFrom()).body).toMatchObject({ ack: 1 })
    // The epoch that was left can never be taken up again.
    expect((await station.signIn({ prevEpoch: restored.epoch })).status).toBe(409)
  })

  it('an epoch that nobody has written to says what it was registered behind, down to one that was', async () => {
    await station.signIn()
    station.add(vehicle)
    await station.sendFrom()
    const written = { epoch: station.epoch, stream: 'ledger', seq: 1, chain: station.chain[1] }
    const [second, third] = [0, 1].map(() => new TestStation(world.url, world.stationKey))
    const first = await second?.signIn({ prevEpoch: station.epoch, prevHeads: [written] })
    expect(first?.body['behind']).toMatchObject([{ epoch: station.epoch }])
    const opened = await third?.signIn({ prevEpoch: second?.epoch, prevHeads: [] })
    expect(opened?.body['behind']).toMatchObject([
      { epoch: second?.epoch },
      { epoch: station.epoch, heads: expect.arrayContaining([written]) as unknown },
    ])
    third?.add(vehicle)
    await third?.sendFrom()
    expect((await third?.signIn())?.body).toMatchObject({ behind: [] })
  })

  it('an op of another epoch is told which epoch is current', async () => {
    await station.signIn()
    station.add(vehicle)
    const packed = station.batch(1, 1, { epoch: 'abcd' })
    expect(await station.send(packed)).toEqual({
      status: 409,
      body: { error: 'epoch', current: station.epoch },
    })
  })
})
