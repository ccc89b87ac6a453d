import { encodeShortCode } from '@baari/shared/codecs/short-code'
import { codePlaces } from '@baari/shared/domain/slots/code-place'
import { testCodeMac } from '@baari/shared/testing/test-keys'
import { bookingId, laneNo, positionNo, type VehicleClass } from '@baari/shared/units/names'
import { after, minutes, type Instant } from '@baari/shared/units/time'
import { expect, it } from 'vitest'
import { leased, windowAfter } from '../../support/leased-station.ts'
import { kStation } from '../../support/open-station.ts'
import { asha, goodRetest, position, stationWorld } from '../../support/station-world.ts'

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
  let sales = 0
  const sell = async (windowStart: Instant, vehicleClass: VehicleClass) => {
    sales += 1
    const sold = await world.run('booking.sell', {
      booking: bookingId(`00000006-0000-7000-8000-${String(sales).padStart(12, '0')}`),
      ...{ windowStart, vehicleClass, plate: `GJ01AB${3_000 + sales}`, by: asha },
      retestDay: goodRetest,
      codes: codePlaces(windowStart, 'station').map((place) => ({
        place,
        code: encodeShortCode(place, kStation, testCodeMac),
      })),
    })
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
