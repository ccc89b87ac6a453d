import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import { bookingId, type BookingId } from '@baari/shared/units/names'
import { instant } from '@baari/shared/units/time'
import { asc, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { BookingFill, BookingFills } from '../../ports/booking-fills.ts'
import type { Database } from './database.ts'
import { sale } from './schema/station-facts.ts'

const starsOf = sql<number | null>`(
  SELECT f.stars FROM fill_feedback AS f WHERE f.fill_id = ${sale.fillId})`

export function bookingFillsOf(db: Database): BookingFills {
  return {
    async of(bookings) {
      const found = new Map<BookingId, readonly BookingFill[]>()
      if (bookings.length === 0) return found
      const rows = await db
        .select({ ...getTableColumns(sale), stars: starsOf })
        .from(sale)
        .where(inArray(sale.bookingId, [...bookings]))
        .orderBy(asc(sale.settledAtMs))
      for (const row of rows) {
        if (row.bookingId === null) continue
        const id = bookingId(row.bookingId)
        const fill = {
          ...{ fill: row.fillId, stars: row.stars },
          grams: grams(row.grams),
          amount: paise(row.amountPaise),
          settledAt: instant(row.settledAtMs),
        }
        found.set(id, [...(found.get(id) ?? []), fill])
      }
      return found
    },
  }
}
