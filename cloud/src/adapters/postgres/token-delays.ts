import { bookingId } from '@baari/shared/units/names'
import { millis } from '@baari/shared/units/time'
import { sql } from 'drizzle-orm'
import type { TokenDelays } from '../../ports/token-delays.ts'
import type { Database } from './database.ts'

export function tokenDelaysOf(db: Database): TokenDelays {
  return {
    async of(bookings) {
      if (bookings.length === 0) return new Map()
      const { rows } = await db.execute<{ id: string; delay: string }>(sql`
        SELECT b.id, station_delay_of(b.station_no, b.window_start_ms) AS delay FROM booking b
        WHERE b.id = ANY (${sql.param([...bookings])}::uuid[])`)
      return new Map(
        rows
          .filter(({ delay }) => delay !== '0')
          .map(({ id, delay }) => [bookingId(id), millis(Number(delay))]),
      )
    },
  }
}
