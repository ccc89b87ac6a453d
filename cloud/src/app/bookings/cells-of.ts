import { takingSpan } from '@baari/shared/domain/slots/taking-plan'
import { after } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { CellRange } from '../../ports/sales.ts'

/** Every cell a booking can have taken from. Locked before its row, always in this order. */
export function cellsOf({ station, windowStart }: Booking): CellRange {
  return { station, from: windowStart, to: after(windowStart, takingSpan) }
}
