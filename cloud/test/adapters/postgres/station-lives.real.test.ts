import { stationNo } from '@baari/shared/units/names'
import { after, instant, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stationLivesOf } from '../../../src/adapters/postgres/station-lives.ts'
import { startSyncWorld, stationUnderTest, type SyncWorld } from '../../support/sync-world.ts'

let world: SyncWorld
beforeEach(async () => {
  world = await startSyncWorld()
})
afterEach(async () => {
  await world.stop()
})

const now = instant(Date.parse('2026-11-22T08:37:00Z'))
const istDayOfNow = 20_779

async function told(states: Readonly<Record<string, unknown>>, heardAt = now): Promise<void> {
  const { pool } = world
  for (const [key, value] of Object.entries(states)) {
    await pool.query(
      `INSERT INTO station_state (station_no, key, value, epoch_no, seq, at_ms, recv_at_ms)
       VALUES ($1, $2, $3, 1, 1, $4, $4)`,
      [stationUnderTest, key, JSON.stringify(value), heardAt],
    )
  }
  await pool.query(
    `INSERT INTO station_link (station_no, heard_at_ms, unsent_ops) VALUES ($1, $2, 0)`,
    [stationUnderTest, heardAt],
  )
}

const live = async () =>
  (await stationLivesOf(world.pool).all(now)).get(stationNo(stationUnderTest))

describe('what drivers are told of a station', () => {
  it('the wait, the line, the positions that work, what the gas gives, and when it was heard', async () => {
    await told({
      walk_in_wait: { medianMin: 35, p90Min: 52 },
      queue: { booked: 6, walkIns: 14, standby: 1 },
      gas: { bankMbar: 150_000, vehiclesPerHour: 20 },
      'position/1': { state: 'filling', fault: null, ticket: null },
      'position/2': { state: 'fault', fault: 'hose', ticket: null },
      clock: { quality: 'trusted' },
    })
    expect(await live()).toEqual({
      wait: { medianMin: 35, p90Min: 52 },
      asOfMs: now,
      stale: false,
      line: { booked: 6, walkIns: 14 },
      positions: { working: 1, all: 2 },
      fillPercent: 75,
      delayMin: 0,
      cutUntilMs: null,
    })
  })

  it('of some stations these alone are read', async () => {
    await told({ gas: { bankMbar: 150_000, vehiclesPerHour: 20 } })
    const lives = stationLivesOf(world.pool)
    const own = stationNo(stationUnderTest)
    expect((await lives.of([own], now)).get(own)).toEqual(await live())
    expect([...(await lives.of([stationNo(9_998)], now))]).toEqual([])
    expect([...(await lives.of([], now))]).toEqual([])
  })

  it('its delay once verified, and a cut that is open', async () => {
    await told({})
    const until = after(now, minutes(120))
    await world.pool.query(
      `INSERT INTO station_delay (station_no, day, delay_ms, from_ms, kid, sig, op_ref, at_ms, verified)
       VALUES ($1, $2, 900000, $3, 142, 's', 'a', $3, true),
         ($1, $2, 1800000, $3, 142, 's', 'b', $3, false)`,
      [stationUnderTest, istDayOfNow, now],
    )
    await world.pool.query(
      `INSERT INTO supply_cut (id, station_no, from_ms, until_ms, declared_by, declared_at_ms,
         next_wave_at_ms)
       VALUES (gen_random_uuid(), $1, $2, $3, 'hq', $2, $2)`,
      [stationUnderTest, now, until],
    )
    expect(await live()).toMatchObject({ delayMin: 15, cutUntilMs: until })
  })

  it('a station not heard for five minutes is said to be of then; one never heard knows nothing', async () => {
    expect(await live()).toMatchObject({ wait: null, asOfMs: null, stale: true, positions: null })
    const then = instant(now - minutes(6))
    await told({ walk_in_wait: { medianMin: 3, p90Min: 8 } }, then)
    expect(await live()).toMatchObject({ stale: true, asOfMs: then, wait: { medianMin: 3 } })
  })

  it('a value of another form is not known, and the others are', async () => {
    await told({ walk_in_wait: { medianMin: 'long' }, queue: { booked: 1, walkIns: 2 } })
    expect(await live()).toMatchObject({ wait: null, line: { booked: 1, walkIns: 2 } })
  })
})
