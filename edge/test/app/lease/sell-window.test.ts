import { leaseCells } from '@baari/shared/contracts/sync/lease'
import { noGrams } from '@baari/shared/units/mass'
import { after, dayNumber, hours, minutes, type Instant } from '@baari/shared/units/time'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SellWindow } from '../../../src/app/lease/sell-window.ts'
import { addPrice, leased, leasingCloud, windowAfter } from '../../support/leased-station.ts'
import { saleWishes } from '../../support/sale-wishes.ts'
import {
  asha,
  bothFree,
  goodRetest,
  otherBooking,
  stationWorld,
  type World,
} from '../../support/station-world.ts'

let world: World
let window: Instant
beforeEach(async () => {
  world = await stationWorld()
  window = windowAfter(world, 120)
})

const wishes = saleWishes()
const wish = (change: Partial<SellWindow> = {}) => wishes(change.windowStart ?? window, change)

async function sell(change: Partial<SellWindow> = {}): Promise<string> {
  const sold = await world.run('booking.sell', wish(change))
  return sold.ok ? 'sold' : sold.error.code
}

const soldWork = () =>
  world.db.prepare('SELECT sum(sold_milli_minutes) FROM lease_cell').pluck().get()

describe('a window sold at the kiosk', () => {
  it('takes its cells, stands in the bookings and is told to the cloud with term and fence', async () => {
    await leased(world)
    const input = wish()
    const sold = await world.run('booking.sell', input)
    expect(sold).toMatchObject({
      ok: true,
      value: { row: { id: input.booking, state: 'active', fence: 1, window_start_ms: window } },
    })
    const [op] = world.ops('booking.made')
    expect(op?.body).toMatchObject({ booking: input.booking, fence: 1, codeN: 23, by: asha })
    const cells = leaseCells.parse(op?.body['cells'])
    expect(cells.reduce((sum, { work }) => sum + work, 0)).toBe(2_700)
    expect(soldWork()).toBe(2_700)
    expect(world.db.prepare('SELECT code FROM booking').pluck().all()).toEqual([
      sold.ok && sold.value.row.code,
    ])
  })

  it('is sold until the own share is spent, and not one minute further', async () => {
    await leased(world)
    const answers = []
    for (let n = 0; n < 4; n += 1) answers.push(await sell())
    // Two positions: 35 % of 10 minutes a cell, 30 % of that over half an hour is 6.3 minutes.
    expect(answers).toEqual(['sold', 'sold', 'window_full', 'window_full'])
    expect(
      world.db
        .prepare('SELECT count(*) FROM lease_cell WHERE sold_milli_minutes > granted_milli_minutes')
        .pluck()
        .get(),
    ).toBe(0)
  })

  it('before the cloud has acknowledged a term, or without a price, none is sold', async () => {
    expect(await sell()).toBe('no_own_share')
    await leasingCloud(world).round()
    expect(await sell()).toBe('no_own_share')
    addPrice(world)
    expect(await sell()).toBe('sold')
  })

  it('a request that was not answered sells nothing the cloud may have, also after a restart', async () => {
    const cloud = await leased(world)
    const first = await world.run('lease.next', {
      starts: true,
      forecourt: { positions: bothFree, storedGrams: noGrams, forecast: null },
    })
    if (first === null) throw new Error('a renewal')
    cloud.receive(first)
    const again = await world.run('lease.next', {
      starts: true,
      forecourt: { positions: bothFree, storedGrams: noGrams, forecast: null },
    })
    expect(again).toEqual(first)
    expect([await sell(), await sell(), await sell()]).toEqual(['sold', 'sold', 'window_full'])
  })

  it('past, off the grid, beyond a day or with a nozzle the station has not is refused', async () => {
    await leased(world)
    const before = windowAfter(world, -30)
    expect(await sell({ windowStart: before })).toBe('window_past')
    expect(await sell({ windowStart: after(window, minutes(5)) })).toBe('window_unknown')
    expect(await sell({ windowStart: after(window, hours(24)) })).toBe('window_unknown')
    expect(await sell({ vehicleClass: 'bus' })).toBe('window_unknown')
  })

  it('plate and cylinder date are asked as at the lane, and a vehicle has one live booking', async () => {
    await leased(world)
    expect(await sell({ plate: '??' })).toBe('plate_invalid')
    expect(await sell({ retestDay: undefined })).toBe('retest_missing')
    expect(await sell({ retestDay: dayNumber(100) })).toBe('retest_expired')
    world.addBooking({
      id: otherBooking,
      plate: 'GJ01XY0001',
      window_start_ms: window,
      expires_ms: after(window, minutes(30)),
    })
    expect(await sell({ plate: 'GJ01XY0001' })).toBe('vehicle_has_booking')
    expect(await sell({ plate: 'GJ01XY0002' })).toBe('sold')
    expect(await sell({ plate: 'GJ01XY0002' })).toBe('vehicle_has_booking')
  })

  it('stays when everything is fetched anew and the cloud has not heard of it', async () => {
    await leased(world)
    expect(await sell()).toBe('sold')
    const refetch = { name: 'booking', handle: 'h', offset: '0_0', schemaHash: 's' } as const
    const piece = { startsSnapshot: true, last: true, upToDate: true }
    const { swapped } = await world.run('follow.apply', { ...refetch, changes: [], piece })
    expect(swapped).toBe(true)
    expect(world.db.prepare('SELECT count(*) FROM booking').pluck().get()).toBe(1)
  })
})

describe('a booking that claims capacity under an ended term', () => {
  const row = (fence: number, created: number) => ({
    kind: 'upsert' as const,
    row: {
      ...{ id: otherBooking, station_no: 42, state: 'active', rev: 1, window_start_ms: window },
      ...{ expires_ms: after(window, minutes(30)), vehicle_class: 'auto', nozzle: 'ngv1' },
      ...{ grams: 4_000, plate: 'GJ01AB1234', retest_day: goodRetest, payment_mode: 'pump' },
      ...{ paid_paise: 0, max_uses: 1, under_review: 0, fence, created_at_ms: created },
    },
  })
  const down = (change: ReturnType<typeof row>) =>
    world.run('follow.apply', {
      ...{ name: 'booking', handle: 'h', offset: '1_0', schemaHash: 's' },
      changes: [change],
      piece: { startsSnapshot: false, last: true, upToDate: true },
    })

  it('is put on the conflict list once, told to the cloud, and its vehicle is known all the same', async () => {
    await leased(world)
    world.db.prepare('UPDATE lease_term SET fence = 4').run()
    await down(row(3, world.now() + 1_000))
    await down(row(3, world.now() + 1_000))
    expect(world.ops('lease.claim_refused').map(({ body }) => body)).toEqual([
      { booking: otherBooking, fence: 3, currentFence: 4 },
    ])
    expect(world.db.prepare('SELECT fence, current_fence FROM lease_conflict').all()).toEqual([
      { fence: 3, current_fence: 4 },
    ])
    expect(world.db.prepare('SELECT count(*) FROM booking').pluck().get()).toBe(1)
  })

  it('one sold before the newer term was acknowledged is an ordinary booking', async () => {
    await leased(world)
    world.db.prepare('UPDATE lease_term SET fence = 4').run()
    await down(row(3, world.now() - 1_000))
    await down(row(4, world.now() + 1_000))
    expect(world.ops('lease.claim_refused')).toEqual([])
  })
})
