import type { BookingRecord } from '@baari/cloud/adapters/memory/memory-database'
import type { StationShape } from '@baari/shared/contracts/sync/shapes'

/** A row by the columns that a station may see, with the values a parsed answer would have. */
export type FeedRow = { readonly [column: string]: string | number | bigint | boolean | null }

/** Only bookings are kept in another form than the one that stations follow. */
export function shapeRowOf(name: StationShape, row: unknown): FeedRow {
  return name === 'booking' ? bookingColumns(row as BookingRecord) : (row as FeedRow)
}

function bookingColumns({ booking }: BookingRecord): FeedRow {
  return {
    id: booking.id,
    station_no: booking.station,
    state: booking.state,
    rev: booking.rev,
    window_start_ms: booking.windowStart,
    expires_ms: booking.expires,
    vehicle_class: booking.vehicleClass,
    nozzle: booking.nozzle,
    grams: booking.grams,
    plate: booking.plate,
    driver_name: booking.driverName ?? null,
    retest_day: booking.retestDay,
    payment_mode: booking.paymentMode,
    paid_paise: booking.paid,
    max_uses: 1,
    max_entries: null,
    lanes: null,
    code: booking.proof?.code ?? null,
    blocked_reason: null,
    under_review: false,
    prompt: null,
    note: null,
    fence: booking.lease?.fence ?? null,
    created_at_ms: booking.createdAt,
  }
}
