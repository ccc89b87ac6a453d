import { laneNo, positionNo, type VehicleClass } from '@baari/shared/units/names'
import { after, minutes, type Instant } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { leased, windowAfter } from '../../support/leased-station.ts'
import { saleWishes } from '../../support/sale-wishes.ts'
import { position, stationWorld } from '../../support/station-world.ts'

/** Eight positions, one of them high-flow: minutes enough for every bus, nozzles for few. */
const positions = Array.from({ length: 8 }, (_, n) => ({
  no: positionNo(n + 1),
  lane: laneNo(1),
  nozzles: n === 0 ? (['ngv1', 'ngv2'] as const) : (['ngv1'] as const),
}))

it('R6 the only high-flow position takes one bus at a time: at the kiosk too, others still book', async () => {
  const world = await stationWorld({ positions })
  const cloud = await leased(world)
  await cloud.round(positions.map(({ no, nozzles }) => position(no, { nozzles })))
  const first = windowAfter(world, 120)
  const wish = saleWishes()
  const sell = async (windowStart: Instant, vehicleClass: VehicleClass) => {
    const sold = await world.run('booking.sell', wish(windowStart, { vehicleClass }))
    return sold.ok ? 'sold' : sold.error.code
  }
  const tenLater = after(first, minutes(10))
  const twentyLater = after(first, minutes(20))
  expect(await sell(first, 'bus')).toBe('sold')
  expect(await sell(first, 'bus')).toBe('window_full')
  expect(await sell(tenLater, 'bus')).toBe('window_full')
  expect(await sell(first, 'auto')).toBe('sold')
  expect(await sell(twentyLater, 'bus')).toBe('sold')
})
