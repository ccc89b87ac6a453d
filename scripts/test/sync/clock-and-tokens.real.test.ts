import Database from 'better-sqlite3'
import { stationLedgers } from '@baari/cloud/adapters/postgres/sync/ledger-store'
import { readStationLedger } from '@baari/cloud/app/sync/read-ledger'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import type { Clock } from '@baari/shared/runtime/clock'
import { hours, instant } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addBooking } from '../../../cloud/test/support/sync-world.ts'
import { vehicleFacts, type EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { Forecourt } from './forecourt-day.ts'
import { chainsEqual, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
let forecourt: Forecourt
/** What the node's wall clock is wrong by; a person or a dead battery changes it at any time. */
let wallErrorMs: number

beforeEach(async () => {
  fixture = await openFixture()
  forecourt = new Forecourt()
  wallErrorMs = 0
  await fixture.world.pool.query(
    `INSERT INTO tariff (id, station_no, price_paise_per_kg, valid_from_ms) VALUES ('t', 42, 9137, 0)`,
  )
})
afterEach(async () => {
  await fixture.close()
})

const day = hours(24)
const wrongClock: Clock = {
  ...systemClock,
  now: () => instant(systemClock.now() + wallErrorMs),
}
const away = { cloudUrl: 'http://127.0.0.1:9' }
const id = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

async function start(more = {}): Promise<EdgeNode> {
  const node = await fixture.start({ clock: wrongClock, ...more })
  await forecourt.open(node)
  return node
}

async function drained(node: EdgeNode): Promise<void> {
  await eventually('both chains equal', () => chainsEqual(fixture.world, node))
}

function opsOfFile(): readonly {
  readonly seq: number
  readonly kind: string
  readonly raw: Buffer
}[] {
  const db = new Database(fixture.file(), { readonly: true })
  try {
    return db
      .prepare<[], { seq: number; kind: string; raw: Buffer }>(
        "SELECT seq, kind, raw FROM outbox WHERE stream = 'ledger' ORDER BY seq",
      )
      .all()
  } finally {
    db.close()
  }
}

describe('a wall clock that is wrong', () => {
  it('§9 case 15: a day behind, a day ahead and a jump in a shift: order by seq stands, and a person is told', async () => {
    wallErrorMs = -day
    const node = await start()
    await eventually('trusted', () => node.time.now().trusted)
    await forecourt.changeShift(node)
    await node.ledger.run('test.append', vehicleFacts(2))
    wallErrorMs = day
    await node.ledger.run('test.append', vehicleFacts(2, 2))
    await drained(node)
    expect(node.alarms).toContain('clock_wrong')
    const { rows } = await fixture.world.pool.query<{ seq: string; kind: string; at: string }>(
      `SELECT seq, kind, event_at_ms AS at FROM station_op WHERE stream = 'ledger' ORDER BY seq`,
    )
    expect(rows.map(({ seq, kind }) => [Number(seq), kind])).toEqual(
      opsOfFile().map(({ seq, kind }) => [seq, kind]),
    )
    // What was written with the cloud's time known is right by it, whatever the wall clock says.
    const facts = rows.filter(({ kind }) => kind === 'vehicle.recorded' || kind === 'shift.opened')
    expect(facts).toHaveLength(5)
    for (const { at } of facts) expect(Math.abs(Number(at) - Date.now())).toBeLessThan(60_000)
  })

  it('§9 case 15: a change of the zone’s offset changes nothing: every time is counted in UTC', async () => {
    const before = process.env['TZ']
    const node = await start()
    await eventually('trusted', () => node.time.now().trusted)
    try {
      process.env['TZ'] = 'America/New_York'
      await node.ledger.run('test.append', vehicleFacts(1))
      process.env['TZ'] = 'Australia/Lord_Howe'
      await node.ledger.run('test.append', vehicleFacts(1, 1))
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
    const times = opsOfFile().map(({ raw }) => (JSON.parse(raw.toString()) as { t: number }).t)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
    expect(node.alarms).toEqual([])
  })

  it('§9 case 15: while it is uncertain nobody is late and no strike is counted', async () => {
    const past = instant(Math.floor(Date.now() / 300_000) * 300_000 - 20 * 60_000)
    await addBooking(fixture.world.pool, { id: id(1) })
    await addBooking(fixture.world.pool, { id: id(2) })
    await fixture.world.pool.query(
      'UPDATE booking SET window_start_ms = $1, expires_ms = $2 WHERE id = $3',
      [past, past + 1_800_000, id(1)],
    )
    const node = await start()
    await eventually('bookings', async () => (await node.ledger.run('test.count', 'booking')) === 2)
    await drained(node)
    await fixture.stop(node)
    const alone = await start(away)
    expect(alone.time.now().trusted).toBe(false)
    // Twenty minutes after its window a trusted clock says LATE.
    expect((await forecourt.scan(alone, id(1))).verdict).toBe('ADMIT')
    await alone.ledger.run('booking.sweepNoShows', {})
    const noShow = opsOfFile().find(({ kind }) => kind === 'booking.no_show')
    expect(JSON.parse(noShow?.raw.toString() ?? '{}')).toMatchObject({
      b: { booking: id(2), clockTrusted: false },
    })
    await fixture.stop(alone)
    const again = await start()
    await drained(again)
    const { rows } = await fixture.world.pool.query<{ state: string }>(
      'SELECT state FROM booking WHERE id = $1',
      [id(2)],
    )
    // The report is flagged for a person; the booking is no no-show by it.
    expect(rows).toEqual([{ state: 'active' }])
  })

  it('§9 case 16: an expired token is refused when the clock is set back over a restart', async () => {
    const node = await start()
    await eventually('trusted', () => node.time.now().trusted)
    const { at: floor } = node.time.now()
    await node.ledger.run('time.floor', { floor, trusted: true })
    await fixture.stop(node)
    wallErrorMs = -day
    const alone = await start(away)
    const windowStart = instant(floor - 3 * 3_600_000)
    const { verdict } = await forecourt.scan(alone, id(7), { windowStart })
    expect(verdict).toBe('NO_SHOW')
    const uses = await alone.ledger.run('test.uses', id(7) as never)
    expect(uses).toEqual([])
  })
})

describe('a token', () => {
  it('§9 case 27: shown at two lanes in the same moment it is one check-in, and PRESENT at the other', async () => {
    await addBooking(fixture.world.pool, { id: id(1) })
    const node = await start()
    await eventually(
      'the booking',
      async () => (await node.ledger.run('test.count', 'booking')) === 1,
    )
    const windowStart = instant(Math.floor(Date.now() / 300_000) * 300_000)
    await fixture.world.pool.query('UPDATE booking SET window_start_ms = $1, expires_ms = $2', [
      windowStart,
      windowStart + 1_800_000,
    ])
    await eventually('its window', () => windowOf() === windowStart)
    const scans = await Promise.all([
      forecourt.scan(node, id(1), { lane: 1 }),
      forecourt.scan(node, id(1), { lane: 2 }),
    ])
    expect(scans.map(({ verdict }) => verdict).toSorted()).toEqual(['ADMIT', 'PRESENT'])
    expect(new Set(scans.map(({ ticket }) => ticket)).size).toBe(1)
    expect(await node.ledger.run('test.uses', id(1) as never)).toHaveLength(1)
    await drained(node)
    const ledger = await readStationLedger(stationLedgers(fixture.world.pool), 42)
    expect(ledger).toMatchObject({ checkIns: 1, exceptions: 0 })
  })

  it('§9 case 27: of another station it is refused here', async () => {
    const node = await start()
    expect((await forecourt.scan(node, id(1), { station: 43 })).verdict).toBe('WRONG_STATION')
  })

  it('§9 case 28: of a booking nobody has heard of it is let in, and the cloud is told', async () => {
    const node = await start()
    expect((await forecourt.scan(node, id(9))).verdict).toBe('ADMIT')
    await drained(node)
    const ledger = await readStationLedger(stationLedgers(fixture.world.pool), 42)
    expect(ledger).toMatchObject({ checkIns: 1, deadLetters: 0 })
  })
})

/** The window of the one booking as the node has it. */
function windowOf(): number | undefined {
  const db = new Database(fixture.file(), { readonly: true })
  try {
    return db.prepare<[], number>('SELECT window_start_ms FROM booking').pluck().get()
  } finally {
    db.close()
  }
}
