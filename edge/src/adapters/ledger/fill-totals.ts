import type { FillTotals, SaleTotals } from '../../ports/fill-totals.ts'
import { grams } from '@baari/shared/units/mass'
import { paise } from '@baari/shared/units/money'
import type { Instant } from '@baari/shared/units/time'
import { and, asc, desc, eq, gte, isNotNull, lt, notInArray, sql } from 'drizzle-orm'
import type { LedgerSession } from './ledger-session.ts'
import { fill, fillPayment, nozzle } from './schema/fill.ts'

/** Sums over the fill log for shifts, screens and the sync status. */
export function fillTotalsOf(session: LedgerSession): FillTotals {
  const { db } = session
  const books = db
    .select({
      position: nozzle.position,
      nozzle: nozzle.nozzle,
      totaliserGrams: nozzle.lastGrams,
      settledGrams: nozzle.settledGrams,
      orphanGrams: nozzle.orphanGrams,
    })
    .from(nozzle)
    .orderBy(asc(nozzle.position), asc(nozzle.nozzle))
    .prepare()
  return {
    books: () => books.all(),
    totals: (since, until) => totals(db, { since, until }),
    lastSales: lastSalesOf(session),
  }
}

type Span = { readonly since: Instant; readonly until: Instant }

function totals(db: LedgerSession['db'], { since, until }: Span): SaleTotals {
  const sold = db
    .select({
      fills: sql<number>`count(*)`,
      grams: sql<number>`coalesce(sum(${fill.deliveredGrams}), 0)`,
      amountPaise: sql<number>`coalesce(sum(${fill.amountPaise}), 0)`,
    })
    .from(fill)
    .where(and(eq(fill.state, 'settled'), gte(fill.endedAt, since), lt(fill.endedAt, until)))
    .get()
  const cash = db
    .select({ paise: sql<number>`coalesce(sum(${fillPayment.amountPaise}), 0)` })
    .from(fillPayment)
    .where(
      and(eq(fillPayment.method, 'cash'), gte(fillPayment.at, since), lt(fillPayment.at, until)),
    )
    .get()
  return {
    fills: sold?.fills ?? 0,
    grams: grams(sold?.grams ?? 0),
    amountPaise: paise(sold?.amountPaise ?? 0),
    cashPaise: paise(cash?.paise ?? 0),
  }
}

/** The last fills that ended with gas or in dispute, youngest first; read for every screen. */
function lastSalesOf({ db }: LedgerSession): FillTotals['lastSales'] {
  const rows = db
    .select({
      id: fill.id,
      position: fill.position,
      label: fill.label,
      grams: fill.deliveredGrams,
      amountPaise: fill.amountPaise,
      payment: fillPayment.id,
      flag: fill.flag,
      startedAt: fill.startedAt,
      endedAt: fill.endedAt,
    })
    .from(fill)
    .leftJoin(fillPayment, eq(fillPayment.fill, fill.id))
    .where(and(isNotNull(fill.endedAt), notInArray(fill.state, ['voided', 'refused'])))
    .orderBy(desc(fill.endedAt), desc(fill.no))
    .limit(sql.placeholder('limit'))
    .prepare()
  return (limit) =>
    rows.all({ limit }).map(({ id, payment, startedAt, endedAt, ...row }) => ({
      ...row,
      fill: id,
      collected: payment !== null,
      settledAtMs: endedAt ?? startedAt,
    }))
}
