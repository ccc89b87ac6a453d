import { randomUUID } from 'node:crypto'
import { systemClock } from '@baari/cloud/adapters/system/system-clock'
import { saleBookOf } from '@baari/cloud/adapters/postgres/sale-book'
import { cancelBooking } from '@baari/cloud/app/bookings/cancel-booking'
import { randomIds } from '@baari/cloud/adapters/system/random-ids'
import { grams } from '@baari/shared/units/mass'
import { noPaise } from '@baari/shared/units/money'
import { bookingId, laneNo, stationNo } from '@baari/shared/units/names'
import { after, instant, minutes } from '@baari/shared/units/time'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EdgeNode } from './edge-node.ts'
import { eventually } from './eventually.ts'
import { farRetest, faultyLink } from './lease-fixture.ts'
import { chainsEqual, countOf, openFixture, type Fixture } from './sync-fixture.ts'

let fixture: Fixture
let node: EdgeNode
const link = faultyLink()
const booking = bookingId('00000000-0000-7000-8000-0000000000b1')
const windowStart = instant(Math.floor(Date.now() / 300_000) * 300_000)
let driver: string

beforeEach(async () => {
  link.state.cut = false
  fixture = await openFixture()
  driver = randomUUID()
  await fixture.world.pool.query(
    `INSERT INTO driver (id, phone_sealed, phone_index, created_at_ms) VALUES ($1, 'x', 'y', 0)`,
    [driver],
  )
  await fixture.world.pool.query(
    `INSERT INTO booking (id, station_no, state, window_start_ms, expires_ms, vehicle_class, nozzle,
       grams, plate, retest_day, payment_mode, channel, driver_id, work_milli_minutes,
       price_paise_per_kg, created_at_ms, updated_at_ms)
     VALUES ($1, 42, 'active', $2, $3, 'auto', 'ngv1', 4000, 'MH12AB1', $4, 'pump', 'app', $5, 2700,
       9000, 0, 0)`,
    [booking, windowStart, after(windowStart, minutes(30)), farRetest, driver],
  )
  node = await fixture.start({ positions: 2, fetch: link.fetch })
  await eventually('the booking at the station', async () => {
    return (await node.ledger.run('test.count', 'booking')) === 1
  })
})
afterEach(() => fixture.close())

const cancel = () =>
  cancelBooking({ book: saleBookOf(fixture.world.pool, systemClock) }, { id: booking, driver })

async function checkIn(): Promise<string> {
  const claims = {
    station: stationNo(42),
    booking,
    notBefore: windowStart,
    expires: after(windowStart, minutes(30)),
    rev: 1,
    vehicleClass: 'auto' as const,
    nozzle: 'ngv1' as const,
    grams: grams(4_000),
    prepaid: noPaise,
    maxUses: 1,
    plateTag: '00000000',
    retestDay: farRetest,
  }
  const { view } = await node.ledger.run('scan.decide', {
    scan: randomIds.uuid(),
    lane: laneNo(1),
    source: 'scanner',
    reading: { kind: 'token', claims, verified: true, minRev: 0 },
    raw: 'token',
    managerUnlocked: false,
    positions: [],
  })
  return view.verdict
}

/** What both sides hold when nothing is on its way any more. */
async function endState() {
  await eventually('everything sent', () => chainsEqual(fixture.world, node))
  const { rows } = await fixture.world.pool.query<{ state: string }>(
    'SELECT b.state, c.state AS use FROM booking b JOIN check_in c ON c.booking_id = b.id',
  )
  const { rows: acks } = await fixture.world.pool.query(
    "SELECT 1 FROM station_op WHERE kind = 'booking.cancel_acked'",
  )
  return { booking: rows, acks: acks.length }
}

const checkedIn = { booking: [{ state: 'checked_in', use: 'claimed' }], acks: 0 }

describe('a cancel against a check-in while the link is cut', () => {
  it('§9 case 26: the driver cancels first, the vehicle comes, then both hear of each other: the check-in wins', async () => {
    link.state.cut = true
    expect(await cancel()).toMatchObject({ ok: true, value: { state: 'cancel_pending' } })
    expect(await checkIn()).toBe('ADMIT')
    link.state.cut = false
    expect(await endState()).toEqual(checkedIn)
    // The cloud is told that it was served after a cancel: a person compensates.
    expect(await countOf(fixture.world, 'exception')).toBe(1)
  })

  it('§9 case 26: the vehicle comes first, the driver cancels meanwhile, then both hear of each other: the same end', async () => {
    link.state.cut = true
    expect(await checkIn()).toBe('ADMIT')
    expect(await cancel()).toMatchObject({ ok: true, value: { state: 'cancel_pending' } })
    link.state.cut = false
    expect(await endState()).toEqual(checkedIn)
    expect(await countOf(fixture.world, 'exception')).toBe(1)
  })

  it('§9 case 26: the check-in arrives before the cancel is asked: the cancel is refused', async () => {
    expect(await checkIn()).toBe('ADMIT')
    expect(await endState()).toEqual(checkedIn)
    expect(await cancel()).toMatchObject({ ok: false, error: { code: 'booking_final' } })
    expect(await endState()).toEqual(checkedIn)
  })

  it('§9 case 26: the cancel arrives before the vehicle: it is acknowledged once, and the scan is told why not', async () => {
    expect(await cancel()).toMatchObject({ ok: true })
    await eventually('the cancel final', async () => {
      const { rows } = await fixture.world.pool.query<{ state: string }>(
        'SELECT state FROM booking',
      )
      return rows[0]?.state === 'cancelled'
    })
    // By the deny list or by the row, whichever came down first.
    expect(['REVOKED', 'CANCELLED']).toContain(await checkIn())
  })
})
