import type { BookingId } from '@baari/shared/units/names'
import type { Clock } from '@baari/shared/runtime/clock'
import { millis } from '@baari/shared/units/time'
import type { Booking } from '../../domain/booking/booking.ts'
import type { BookingFills } from '../../ports/booking-fills.ts'
import type { Retimes } from '../../ports/retimes.ts'
import type { StationLives } from '../../ports/station-lives.ts'
import type { Stations } from '../../ports/stations.ts'
import type { TokenDelays } from '../../ports/token-delays.ts'
import { bookingJson } from './booking-json.ts'

/** What a booking is shown with, beside its own row. */
export type ShownParts = {
  readonly stations: Pick<Stations, 'list'>
  readonly fills: BookingFills
  readonly delays: TokenDelays
  readonly retimes: Pick<Retimes, 'of'>
  readonly lives: Pick<StationLives, 'of'>
  readonly clock: Pick<Clock, 'now'>
}

export async function shown(parts: ShownParts, booking: Booking) {
  const [json] = await shownAll(parts, [booking])
  return json
}

/** At most a page of bookings, each as the driver reads it. */
export async function shownAll(parts: ShownParts, bookings: readonly Booking[]) {
  const ids: readonly BookingId[] = bookings.map(({ id }) => id)
  const now = parts.clock.now()
  const [fills, delays, retimes, stations, lives] = await Promise.all([
    parts.fills.of(ids),
    parts.delays.of(ids),
    parts.retimes.of(ids),
    parts.stations.list(),
    parts.lives.of([...new Set(bookings.map(({ station }) => station))], now),
  ])
  const names = new Map(stations.map(({ no, name }) => [no, name]))
  return bookings.map((booking) =>
    bookingJson(booking, {
      stationName: names.get(booking.station) ?? '',
      fills: fills.get(booking.id) ?? [],
      delay: delays.get(booking.id) ?? millis(0),
      retime: retimes.get(booking.id),
      live: lives.get(booking.station),
      now,
    }),
  )
}
