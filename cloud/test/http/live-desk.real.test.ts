import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { liveStations } from '@baari/shared/contracts/http/live-api'
import { hashPassword } from '../../src/adapters/keys/argon2-passwords.ts'
import { composeCloud, type Cloud } from '../../src/compose.ts'
import { ask, cloudWorld, type CloudWorld } from '../support/cloud-world.ts'
import { tellStory } from '../support/station-story.ts'
import { stationUnderTest } from '../support/sync-world.ts'
import { TestStation } from '../support/test-station.ts'

let world: CloudWorld
let cloud: Cloud
let station: TestStation
let [alarms, states] = [undefined as TestStation | undefined, undefined as TestStation | undefined]
let auditor = ''

beforeAll(async () => {
  world = await cloudWorld()
  cloud = await composeCloud(world.config)
  const body = { email: 'auditor@example.in', password: 'right password' }
  await world.pool.query(
    `INSERT INTO operator (id, email, name, role, password_hash)
     VALUES ($1, $2, 'A', 'auditor', $3)`,
    [randomUUID(), body.email, await hashPassword(body.password)],
  )
  const { headers } = await ask(cloud.url, '/v1/operator/sign-in', { body })
  auditor = headers.get('set-cookie')?.split(';')[0] ?? ''
  station = await tellStory(cloud.url, world.pool)
  alarms = speaker('alarm')
  states = speaker('state')
  // What a station says of its link is written down within a second.
  await vi.waitFor(async () => expect((await look())?.stale).toBe(false), { timeout: 10_000 })
})
afterAll(async () => {
  await cloud?.stop()
  await world?.dispose()
})

function speaker(stream: 'alarm' | 'state'): TestStation {
  const side = new TestStation(cloud.url, station.key, station.epoch, stream)
  return Object.assign(side, { token: station.token, gen: station.gen })
}

async function tell(side: TestStation | undefined, ops: readonly { k: string; b: unknown }[]) {
  for (const op of ops) side?.add(op)
  const from = (side?.lines.length ?? 0) - ops.length + 1
  const sent = await side?.send(side.batch(from, side.lines.length), ops[0]?.k.split('.')[0])
  expect(sent).toMatchObject({ status: 200, body: { results: [] } })
}

const state = (key: string, value: object | null) => ({ k: 'state.set', b: { key, value } })
const look = async () => {
  const answer = await ask(cloud.url, '/v1/operator/live', { cookie: auditor })
  const { stations } = liveStations.parse(answer.body)
  return stations.find((one) => one.station === stationUnderTest)
}

/** A booked vehicle in the line: its window began so long ago and it came with it. */
async function bookedInLine(minutesAgo: number): Promise<void> {
  const at = Date.now() - minutesAgo * 60_000
  const id = randomUUID()
  await sold(id, { at, state: 'checked_in' })
  await world.pool.query(
    `INSERT INTO walk_in_ticket (ticket_id, station_no, kind, number, vehicle_class, nozzles,
       booking_id, arrived_at_ms) VALUES ($1, $2, 'booked', NULL, 'car', 'ngv1', $3, $4)`,
    [randomUUID(), stationUnderTest, id, at],
  )
}

async function sold(id: string, { at, state: as }: { at: number; state: string }): Promise<void> {
  const start = Math.floor(at / 300_000) * 300_000
  await world.pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, work_milli_minutes, price_paise_per_kg,
       created_at_ms, updated_at_ms)
     VALUES ($1, $2, $3, $4::bigint, $4 + 1800000, 'car', 'ngv1', 8000, $5, 30000, 'pump', 'app',
       4050, 9000, 0, 0)`,
    [id, stationUnderTest, as, start, id.slice(0, 8)],
  )
}

describe('the live desk', () => {
  it('nobody looks without signing in, and a driver never does', async () => {
    const driver = await world.driver()
    for (const cookie of ['', driver.cookie]) {
      const answer = await ask(cloud.url, '/v1/operator/live', { cookie })
      expect([answer.status, answer.body.code]).toEqual([401, 'not_signed_in'])
    }
  })

  it('what a station has not told is not there, and nothing is reckoned from it', async () => {
    expect(await look()).toMatchObject({
      ...{ positions: [], queue: null, wait: null, gas: null, risk: null, alarms: [] },
      ...{ oldestWalkInMs: null, delayMin: 0, cutUntilMs: null, stale: false },
    })
  })

  it('positions, line, wait and gas are as the station told them last', async () => {
    await tell(states, [
      state('position/2', { state: 'fault', fault: 'bus_offline', ticket: null }),
      state('position/1', { state: 'filling', fault: null, ticket: null, mode: 'booked' }),
      state('queue', { booked: 2, walkIns: 7, standby: 1 }),
      state('walk_in_wait', { medianMin: 12, p90Min: 19 }),
      state('rule', { limit: 1, oldestWalkInMs: 1_800_000_000_000 }),
      state('gas', { bankMbar: 214_000, vehiclesPerHour: 9 }),
    ])
    expect(await look()).toMatchObject({
      positions: [
        { no: 1, state: 'filling', fault: null, mode: 'booked' },
        { no: 2, state: 'fault', fault: 'bus_offline', mode: null },
      ],
      queue: { booked: 2, walkIns: 7, standby: 1 },
      ...{ wait: { medianMin: 12, p90Min: 19 }, gas: { bankMbar: 214_000, vehiclesPerHour: 9 } },
      oldestWalkInMs: 1_800_000_000_000,
    })
  })

  it('the promise: who waits past ten minutes is late, and so is a crowd before one position', async () => {
    expect((await look())?.risk).toEqual({
      ...{ booked: 0, late: 0, line: { booked: 0, late: 0 }, windows: [] },
    })
    await bookedInLine(25)
    // It came long after its ten minutes and queues with the walk-ins: nothing is promised to it.
    await world.pool.query('UPDATE walk_in_ticket SET arrived_at_ms = arrived_at_ms + 1500000')
    await bookedInLine(25)
    for (let n = 0; n < 12; n += 1) {
      await sold(randomUUID(), { at: Date.now() + 30 * 60_000, state: 'active' })
    }
    await sold(randomUUID(), { at: Date.now() + 30 * 60_000, state: 'cancelled' })
    const risk = (await look())?.risk
    expect(risk).toMatchObject({ booked: 13, line: { booked: 1, late: 1 } })
    expect(risk?.windows).toHaveLength(1)
    expect(risk?.windows[0]?.late).toBeGreaterThan(6)
    expect(risk?.late).toBeGreaterThan(7)
  })

  it('an alarm comes with its severity and goes with its clear', async () => {
    const idle = { source: 'position', code: 'idle_with_queue', subject: 'position 1' }
    const stop = { source: 'safety', code: 'all_stop', subject: '' }
    await tell(alarms, [
      { k: 'alarm.raised', b: { ...idle, detail: '7 waiting', count: 1 } },
      { k: 'alarm.raised', b: { ...stop, detail: 'gas', count: 1 } },
    ])
    expect((await look())?.alarms).toMatchObject([
      { ...stop, severity: 'danger' },
      { ...idle, severity: 'act', detail: '7 waiting' },
    ])
    await tell(alarms, [{ k: 'alarm.cleared', b: { ...stop, raisedAtMs: 0 } }])
    expect((await look())?.alarms).toMatchObject([idle])
  })

  it('a station not heard for long keeps its last word, and no risk is reckoned from it', async () => {
    const long = Date.now() - 3 * 3_600_000
    // What it said a moment ago may still be on its way to the table.
    await vi.waitFor(
      async () => {
        await world.pool.query('UPDATE station_link SET heard_at_ms = $1', [long])
        expect(await look()).toMatchObject({
          ...{ stale: true, heardAtMs: long, risk: null, queue: { walkIns: 7 } },
        })
      },
      { timeout: 10_000 },
    )
  })
})
