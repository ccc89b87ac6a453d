import { instant } from '@baari/shared/units/time'
import { and, asc, desc, eq, inArray, isNull, ne, sql, type SQL } from 'drizzle-orm'
import type { SettledSale, StationLedgers } from '../../ports/station-ledger.ts'
import type { Database } from './database.ts'
import {
  checkIn,
  failedScan,
  orphanGas,
  sale,
  stationException,
  walkInTicket,
} from './schema/station-facts.ts'

export function stationLedgersOf(db: Database): StationLedgers {
  const sum = (column: SQL) => sql`coalesce(sum(${column}), 0)`.mapWith(Number)
  return {
    async totals(station) {
      const [sold] = await db
        .select({
          fills: sql`count(*)`.mapWith(Number),
          grams: sum(sql`grams`),
          amountPaise: sum(sql`amount_paise`),
        })
        .from(sale)
        .where(eq(sale.stationNo, station))
      const [orphans] = await db
        .select({ grams: sum(sql`grams`) })
        .from(orphanGas)
        .where(eq(orphanGas.stationNo, station))
      const [checkIns, failedScans, walkIns, exceptions] = await Promise.all([
        db.$count(checkIn, and(eq(checkIn.stationNo, station), ne(checkIn.state, 'released'))),
        db.$count(failedScan, eq(failedScan.stationNo, station)),
        db.$count(
          walkInTicket,
          and(eq(walkInTicket.stationNo, station), eq(walkInTicket.kind, 'walk-in')),
        ),
        db.$count(
          stationException,
          and(eq(stationException.stationNo, station), isNull(stationException.resolvedAtMs)),
        ),
      ])
      return {
        fills: sold?.fills ?? 0,
        grams: sold?.grams ?? 0,
        amountPaise: sold?.amountPaise ?? 0,
        orphanGrams: orphans?.grams ?? 0,
        checkIns,
        failedScans,
        walkIns,
        exceptions,
      }
    },
    async sales(station, { before, limit }) {
      const older =
        before &&
        sql`(${sale.settledAtMs}, ${sale.fillId}) < (${before.settledAt}, ${before.fill}::uuid)`
      const rows = await db
        .select()
        .from(sale)
        .where(and(eq(sale.stationNo, station), older))
        .orderBy(desc(sale.settledAtMs), desc(sale.fillId))
        .limit(limit)
      return rows.map(saleOf)
    },
    async salesOf(bookings) {
      const found = new Map<string, SettledSale[]>()
      if (bookings.length === 0) return found
      const rows = await db
        .select()
        .from(sale)
        .where(inArray(sale.bookingId, [...bookings]))
        .orderBy(asc(sale.settledAtMs))
      for (const row of rows.map(saleOf)) {
        if (row.booking === null) continue
        found.set(row.booking, [...(found.get(row.booking) ?? []), row])
      }
      return found
    },
  }
}

function saleOf(row: typeof sale.$inferSelect): SettledSale {
  return {
    fill: row.fillId,
    booking: row.bookingId,
    position: row.positionNo,
    grams: row.grams,
    amountPaise: row.amountPaise,
    flag: row.flag,
    settledAt: instant(row.settledAtMs),
  }
}
