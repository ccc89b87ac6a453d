import { encodeShortCode } from '@baari/shared/codecs/short-code'
import { codePlaces } from '@baari/shared/domain/slots/code-place'
import { testCodeMac } from '@baari/shared/testing/test-keys'
import { bookingId } from '@baari/shared/units/names'
import type { Instant } from '@baari/shared/units/time'
import type { SellWindow } from '../../src/app/lease/sell-window.ts'
import { kStation } from './open-station.ts'
import { asha, goodRetest } from './station-world.ts'

/** What an attendant asks for at the kiosk: an auto, each time another booking and another plate. */
export function saleWishes(): (windowStart: Instant, change?: Partial<SellWindow>) => SellWindow {
  let sales = 0
  return (windowStart, change = {}) => {
    sales += 1
    return {
      booking: bookingId(`00000005-0000-7000-8000-${String(sales).padStart(12, '0')}`),
      windowStart,
      vehicleClass: 'auto',
      plate: `GJ01AB${2_000 + sales}`,
      retestDay: goodRetest,
      by: asha,
      codes: codePlaces(windowStart, 'station').map((place) => ({
        place,
        code: encodeShortCode(place, kStation, testCodeMac),
      })),
      ...change,
    }
  }
}
