import Database from 'better-sqlite3'
import type { SaleDeps } from '@baari/cloud/app/bookings/make-booking'
import { attendantId } from '@baari/shared/units/names'
import { after, minutes, type Instant } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leasingStation, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import {
  bookFromAfar,
  faultyLink,
  openForSale,
  sellAtKiosk,
  sellOut,
  windowIn,
} from './lease-fixture.ts'
import { chainsEqual, countOf, openFixture, type Fixture } from './sync-fixture.ts'

const positions = 4
/** Flat cap: half of what four positions do in five minutes. */
const bookablePerCell = 10_000

let fixture: Fixture
let sale: SaleDeps
let window: Instant
beforeEach(async () => {
  fixture = await openFixture()
  sale = await openForSale(fixture.world.pool, positions)
  window = windowIn(12)
})
afterEach(() => fixture.close())

type Cell = { readonly start: number; readonly granted: number; readonly sold: number }

function stationCells(): readonly (Cell & { readonly cloud: number })[] {
  const db = new Database(fixture.file(), { readonly: true })
  try {
    return db
      .prepare<[number, number], Cell & { readonly cloud: number }>(
        `SELECT start_ms AS start, granted_milli_minutes AS granted, sold_milli_minutes AS sold,
           cloud_milli_minutes AS cloud FROM lease_cell WHERE start_ms >= ? AND start_ms < ?`,
      )
      .all(window, after(window, minutes(30)))
  } finally {
    db.close()
  }
}

async function cloudCells(): Promise<readonly Cell[]> {
  const { rows } = await fixture.world.pool.query<Record<keyof Cell, string>>(
    `SELECT cell_start_ms AS start, granted_milli_minutes AS granted, sold_milli_minutes AS sold
     FROM slot_cell WHERE station_no = 42 AND cell_start_ms >= $1 AND cell_start_ms < $2
     ORDER BY cell_start_ms`,
    [window, after(window, minutes(30))],
  )
  return rows.map((row) => ({
    start: Number(row.start),
    granted: Number(row.granted),
    sold: Number(row.sold),
  }))
}

/** Nothing was sold beyond what there is, and the station reckons with all the cloud has. */
async function expectNoOversell(): Promise<void> {
  const theirs = new Map((await cloudCells()).map((cell) => [cell.start, cell]))
  const ours = stationCells()
  expect(ours).toHaveLength(6)
  for (const cell of ours) {
    const { granted, sold } = theirs.get(cell.start) ?? { granted: 0, sold: 0 }
    expect(cell.sold + sold).toBeLessThanOrEqual(bookablePerCell)
    expect(cell.cloud).toBeGreaterThanOrEqual(Math.max(granted, sold))
    expect(cell.granted + cell.cloud).toBeLessThanOrEqual(bookablePerCell)
  }
}

const lent = () =>
  eventually('the cloud has the whole share', async () => {
    const cells = await cloudCells()
    return cells.length === 6 && cells.every(({ granted }) => granted === 7_000)
  })

const settled = (node: EdgeNode) =>
  eventually('no request waits', async () => {
    return isHeld() && chainsEqual(fixture.world, node)
  })

const kiosk = (node: EdgeNode) => (plate: string) =>
  sellAtKiosk(node, { plate, windowStart: window })
const phone = (plate: string) =>
  bookFromAfar(sale, fixture.world.pool, { plate, windowStart: window })

describe('the capacity lease of a real node and a real cloud', () => {
  it('before a station has granted anything nothing is sold, from afar or at the kiosk', async () => {
    expect(await phone('MH12AB0001')).toBe('nothing_lent')
    const node = await fixture.start()
    await node.ledger.run('station.configure', leasingStation(positions))
    expect(await sellAtKiosk(node, { plate: 'MH12AB0002', windowStart: window })).toBe(
      'no_own_share',
    )
  })

  it('§9 case 29: both shares are spent with the link cut; a walk-in number is offered, and nothing is oversold', async () => {
    const link = faultyLink()
    const node = await fixture.start({ positions, fetch: link.fetch })
    await lent()
    await eventually('a price', hasPrice)
    link.state.cut = true

    const here = await sellOut(kiosk(node), 0)
    const afar = await sellOut(phone, 1_000)
    // 30 % of 60 minutes are 4 cars of 4.05 minutes, 70 % are 10.
    expect([here, afar]).toEqual([
      { sold: 4, refusal: 'window_full' },
      { sold: 10, refusal: 'window_full' },
    ])
    const windows = await node.ledger.run('window.list', { vehicleClass: 'car', linkUp: false })
    expect(windows?.windows.find(({ start }) => start === window)?.room).toBe('full')
    const walkIn = await node.ledger.run('walkIn.open', {
      vehicleClass: 'car',
      by: attendantId('00000001-0000-7000-8000-00000000a001'),
      positions: [],
    })
    expect(walkIn).toMatchObject({ ok: true, value: { number: 1 } })

    link.state.cut = false
    await eventually('the kiosk’s bookings at the cloud', async () => {
      const { rows } = await fixture.world.pool.query(
        "SELECT 1 FROM booking WHERE channel = 'kiosk' AND fence = 1 AND state = 'active'",
      )
      return rows.length === 4
    })
    await settled(node)
    await expectNoOversell()
    expect([
      await countOf(fixture.world, 'exception'),
      await countOf(fixture.world, 'dead_letter'),
      await countOf(fixture.world, 'booking'),
    ]).toEqual([0, 0, 14])
    await eventually('the cloud’s bookings at the station', async () => {
      return (await node.ledger.run('test.count', 'booking')) === 14
    })
    expect(node.faults).toEqual([])
  })

  it('§9 case 29: the answer to a grant is lost: the same request is sent again and has one effect', async () => {
    const link = faultyLink()
    link.state.losing = '/v1/lease/grant'
    const node = await fixture.start({ positions, fetch: link.fetch })
    await lent()
    await eventually('the grant sent three times', () => link.leases.length >= 3)
    expect(new Set(link.leases.map(({ body }) => body)).size).toBe(1)
    await eventually('a price', hasPrice)
    expect(await sellAtKiosk(node, { plate: 'MH12AB0002', windowStart: window })).toBe(
      'no_own_share',
    )
    link.state.losing = ''
    await settled(node)
    const { rows } = await fixture.world.pool.query('SELECT fence FROM lease_term')
    expect(rows).toEqual([{ fence: '1' }])
    expect(await sellAtKiosk(node, { plate: 'MH12AB0002', windowStart: window })).toBe('sold')
    await expectNoOversell()
  })

  it('§9 case 29: the answer to a borrow is lost, and the node restarts: the minutes are nobody’s until it is answered', async () => {
    const link = faultyLink()
    const node = await fixture.start({ positions, fetch: link.fetch })
    await lent()
    await eventually('a price', hasPrice)
    await settled(node)
    expect(await sellOut(kiosk(node), 0)).toEqual({ sold: 4, refusal: 'window_full' })

    link.state.losing = '/v1/lease/borrow'
    await node.lease?.borrow({ windowStart: window, vehicleClass: 'car' })
    const gone = (await cloudCells()).reduce((sum, { granted }) => sum + granted, 0)
    expect(gone).toBeLessThan(42_000)
    expect(await kiosk(node)('MH12AB0900')).toBe('window_full')
    await expectNoOversell()

    await fixture.stop(node)
    link.state.losing = ''
    const again = await fixture.start({ positions, fetch: link.fetch })
    await settled(again)
    await again.lease?.borrow({ windowStart: window, vehicleClass: 'car' })
    expect(await kiosk(again)('MH12AB0900')).toBe('sold')
    const afar = await sellOut(phone, 1_000)
    expect(afar.refusal).toBe('window_full')
    await expectNoOversell()
    const bodies = link.leases.filter(({ path }) => path === '/v1/lease/borrow')
    expect(new Set(bodies.map(({ body }) => body)).size).toBeLessThan(bodies.length)
  })

  it('a driver refused from afar leaves an ask, which the next grant answers from the station’s free half', async () => {
    const node = await fixture.start({ positions })
    await lent()
    await settled(node)
    expect(await sellOut(phone, 1_000)).toEqual({ sold: 10, refusal: 'window_full' })
    await eventually('the ask at the station', async () => {
      return (await node.ledger.run('test.count', 'lease_ask')) === 1
    })
    await fixture.stop(node)
    await settled(await fixture.start({ positions }))
    await eventually(
      'the ask answered',
      async () => (await countOf(fixture.world, 'lease_ask')) === 0,
    )
    expect(await phone('MH12AB0950')).toBe('sold')
    await expectNoOversell()
  })

  it('a second history of the station is fenced: it opens a newer term and sells nothing it may have sold before', async () => {
    const node = await fixture.start({ positions })
    await lent()
    await eventually('a price', hasPrice)
    await settled(node)
    expect(await sellOut(kiosk(node), 0)).toMatchObject({ sold: 4 })
    await eventually('all sent', () => chainsEqual(fixture.world, node))
    await fixture.stop(node)
    fixture.loseLedger()
    const fresh = await fixture.start({ positions })
    await eventually('a newer term', async () => {
      const { rows } = await fixture.world.pool.query('SELECT 1 FROM lease_term WHERE fence >= 2')
      return rows.length > 0
    })
    await eventually('a price', hasPrice)
    await eventually('no request waits', isHeld)
    expect(await kiosk(fresh)('MH12AB0970')).toBe('window_full')
    expect(await sellOut(phone, 1_000)).toMatchObject({ sold: 10 })
  })
})

/** The newest term of the station's own file. */
function isHeld(): boolean {
  return rowOf('SELECT state FROM lease_term ORDER BY fence DESC LIMIT 1')?.['state'] === 'held'
}

function hasPrice(): boolean {
  return rowOf('SELECT 1 AS one FROM tariff') !== undefined
}

/** A row of the node's own file, read beside the running node. */
function rowOf(sql: string): Record<string, unknown> | undefined {
  const db = new Database(fixture.file(), { readonly: true })
  try {
    return db.prepare<[], Record<string, unknown>>(sql).get()
  } finally {
    db.close()
  }
}
