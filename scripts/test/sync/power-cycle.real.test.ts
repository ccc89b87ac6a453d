import { retimesOf } from '@baari/cloud/adapters/postgres/retimes'
import { saleBookOf } from '@baari/cloud/adapters/postgres/sale-book'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { endImpossible } from '@baari/cloud/app/bookings/end-impossible'
import { bookingId } from '@baari/shared/units/names'
import { manualClock } from '@baari/shared/testing/manual-clock'
import { hours, instant, millis, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { position } from '../../../edge/test/support/station-world.ts'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import { leasingStation, testStation, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { Forecourt } from './forecourt-day.ts'
import { chainsEqual, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  await fixture.close()
})

const id = (n: number) => bookingId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`)
/** Position 2 alone has the high-flow nozzle. */
const station = () => {
  const plain = leasingStation(2)
  const [one, two] = plain.positions
  if (!one || !two) throw new Error('two positions')
  return { ...plain, positions: [one, { ...two, nozzles: ['ngv2'] as const }] }
}

async function start(): Promise<EdgeNode> {
  const node = await fixture.start()
  await node.ledger.run('station.configure', station())
  return node
}

const facts = (node: EdgeNode) => node.ledger.run('queue.waitFacts', {})
const kept = async (node: EdgeNode) => {
  const { state, bookings } = await facts(node)
  return { vehicles: state.vehicles, recent: state.recent, picks: state.picks, bookings }
}

it('R16 after a power cycle reservations and timers are the same; the one no position can serve is told, then cancelled', async () => {
  const { pool } = fixture.world
  await pool.query(
    `INSERT INTO station_position (station_no, position_no, nozzles, working)
     VALUES ($1, 1, '{ngv1}', true), ($1, 2, '{ngv2}', true)`,
    [testStation],
  )
  const window = instant(Math.ceil(Date.now() / 600_000) * 600_000 + minutes(60))
  for (const n of [1, 2]) {
    await addBooking(pool, { id: id(n) })
    await pool.query(
      `UPDATE booking SET window_start_ms = $2, expires_ms = $3, nozzle = $4, vehicle_class = $5
       WHERE id = $1`,
      [id(n), window, window + minutes(30), n === 1 ? 'ngv1' : 'ngv2', n === 1 ? 'auto' : 'bus'],
    )
  }
  const node = await start()
  await eventually('bookings', async () => (await node.ledger.run('test.count', 'booking')) === 2)
  // One vehicle is called to position 1 and has two minutes to be there.
  const forecourt = new Forecourt()
  await forecourt.scan(node, '00000000-0000-7000-8000-000000000077')
  const free = [position(1), position(2, { nozzles: ['ngv2'] })]
  const { calls } = await node.ledger.run('queue.dispatch', { positions: free })
  expect(calls).toMatchObject([{ position: 1 }])
  const before = await kept(node)
  expect(before.bookings).toHaveLength(2)
  await fixture.stop(node)

  const again = await start()
  expect(await kept(again)).toEqual(before)
  // The second position does not come back.
  const [one] = free
  if (!one) throw new Error('position 1')
  const after = [one, position(2, { nozzles: ['ngv2'], state: 'fault' })]
  await again.ledger.run('queue.dispatch', { positions: after })
  const changes = [
    { key: 'position/1', value: { state: 'free' } },
    { key: 'position/2', value: { state: 'fault' } },
  ]
  await again.ledger.run('state.keep', { changes })
  await eventually('the state is at the cloud', async () => {
    const { rows } = await pool.query(`SELECT 1 FROM station_state WHERE key = 'position/2'`)
    return rows.length === 1 && (await chainsEqual(fixture.world, again))
  })

  const clock = manualClock(systemClock.now())
  const book = saleBookOf(pool, clock)
  const retimes = retimesOf({ pool, clock, ids: randomIds })
  const deps = { book, clock, ids: randomIds, retimes }
  expect(await endImpossible(deps)).toEqual({ told: 1, cancelled: 0 })
  expect(await endImpossible(deps)).toEqual({ told: 0, cancelled: 0 })
  expect(await book.find(id(2))).toMatchObject({ state: 'active' })
  clock.advance(millis(window - minutes(14) - clock.now()))
  expect(await endImpossible(deps)).toEqual({ told: 0, cancelled: 1 })
  expect(await book.find(id(1))).toMatchObject({ state: 'active' })
  expect(await book.find(id(2))).toMatchObject({ state: 'cancelled' })
  const { rows } = await pool.query<{ kind: string }>('SELECT kind FROM message_outbox')
  expect(rows.map(({ kind }) => kind)).toEqual(['retime_notice', 'retime_notice'])
  clock.advance(hours(1))
  expect(await endImpossible(deps)).toEqual({ told: 0, cancelled: 0 })
})
