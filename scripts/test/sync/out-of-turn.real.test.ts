import { outOfTurnBookOf } from '@baari/cloud/adapters/postgres/out-of-turn-book'
import { readOutOfTurn } from '@baari/cloud/app/out-of-turn/read-out-of-turn'
import { positionNo, type TicketId } from '@baari/shared/units/names'
import { instant, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { asha, meera, position } from '../../../edge/test/support/station-world.ts'
import { leasingStation, testStation, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { chainsEqual, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await openFixture()
})
afterEach(async () => {
  await fixture.close()
})

const positions = [position(1)]

async function walkIn({ ledger }: EdgeNode, plate: string): Promise<TicketId> {
  const asked = { vehicleClass: 'auto', plate, by: asha, positions } as const
  const opened = await ledger.run('walkIn.open', asked)
  if (!opened.ok) throw new Error(opened.error.code)
  return opened.value.ticket.id
}

const force = ({ ledger }: EdgeNode, ticket: TicketId) =>
  ledger.run('call.outOfTurn', {
    ...{ ticket, position: positionNo(1), reason: 'breakdown', note: null },
    ...{ by: asha, manager: meera, positions },
  })

it('J8 vehicles called out of turn while the link is down are reported by attendant once it is back, the one taken back marked', async () => {
  const { pool } = fixture.world
  await pool.query(
    `INSERT INTO attendant (id, station_no, name, role, pin_hash) VALUES
       ($1, $3, 'Asha Patel', 'attendant', 'x'), ($2, $3, 'Meera Shah', 'manager', 'x')`,
    [asha, meera, testStation],
  )
  const first = await fixture.start()
  await eventually('the station knows its manager', async () => {
    const { attendants } = await first.ledger.run('attendant.list', {})
    return attendants.some(({ id }) => id === meera)
  })
  await fixture.stop(first)

  const alone = await fixture.start({ cloudUrl: 'http://127.0.0.1:9' })
  await alone.ledger.run('station.configure', leasingStation(1))
  await walkIn(alone, 'GJ01AB0001')
  const [second, third] = [await walkIn(alone, 'GJ01AB0002'), await walkIn(alone, 'GJ01AB0003')]
  expect(await force(alone, second)).toMatchObject({ ok: true })
  expect(await force(alone, third)).toMatchObject({ ok: true, value: { displaced: second } })
  const undo = { ticket: third, by: asha, positions }
  expect(await alone.ledger.run('call.undo', undo)).toMatchObject({ ok: true })
  expect(await force(alone, third)).toMatchObject({ ok: true, value: { displaced: null } })
  await fixture.stop(alone)

  const node = await fixture.start()
  await eventually('both chains equal', () => chainsEqual(fixture.world, node))
  const now = Date.now()
  const ask = { from: instant(now - minutes(60)), to: instant(now + minutes(60)), station: null }
  const report = await readOutOfTurn(outOfTurnBookOf(pool), ask, { names: true })
  expect(report.attendants).toEqual([
    { station: testStation, attendant: { id: asha, name: 'Asha Patel' }, calls: 3, undone: 2 },
  ])
  expect(
    report.calls
      .map(({ label, undoneAtMs, plate }) => [label, undoneAtMs === null, plate])
      .toSorted(),
  ).toEqual([
    ['W-2', false, '•••• 0002'],
    ['W-3', false, '•••• 0003'],
    ['W-3', true, '•••• 0003'],
  ])
  expect(report.calls.every(({ manager }) => manager.name === 'Meera Shah')).toBe(true)
  const { rows } = await pool.query(
    'SELECT count(*)::int AS n FROM station_op WHERE verdict <> $1 AND kind LIKE $2',
    ['applied', 'ticket.%'],
  )
  expect(rows).toEqual([{ n: 0 }])
})
