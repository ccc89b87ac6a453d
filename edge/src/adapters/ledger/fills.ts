import type { FillLogEntry, Fills } from '../../ports/fills.ts'
import type { FillRow } from '../../domain/fill/fill-states.ts'
import { and, asc, desc, eq, isNotNull, lt, sql } from 'drizzle-orm'
import { fillRowOf, listedFill, pieceOf } from './fill-rows.ts'
import type { LedgerSession } from './ledger-session.ts'
import { recordOf, rowOf } from './nozzle-rows.ts'
import { readRows } from './prepared-reads.ts'
import { insertRow, upsertRow } from './prepared-writes.ts'
import { fill, fillLog, fillPayment, nozzle } from './schema/fill.ts'

/** The fill log over one ledger file; the schema's unique indexes keep the promises of the port. */
export function fillsOf(session: LedgerSession): Fills {
  const { boot } = session
  const read = reading(session)
  const write = writing(session)
  return {
    boot,
    nozzles: () => read.nozzles.all().map(recordOf),
    nozzle: (key) => map(read.nozzle.get(key), recordOf),
    saveNozzle: (record) => write.nozzle(rowOf(record)),
    open: (key) => map(read.open.get(key), pieceOf),
    byId: (id) => map(read.byId.get({ id }), pieceOf),
    useIsOpen: (use) => read.openUse.get(use) !== undefined,
    save: (piece) => write.fill(fillRowOf(piece)),
    log: (entry) => write.log(logRow(entry, boot)),
    bookRows: (key) => read.bookRows.all(key).map(({ body }) => body),
    page: (limit, before) => page(session, { limit, before }),
    addPayment: write.payment,
    collected: (id) => read.payment.get({ id }) !== undefined,
  }
}

/** A checkpoint of a running fill writes three rows several times a second: compiled once. */
function writing(session: LedgerSession) {
  return {
    nozzle: upsertRow(session, nozzle, { key: [nozzle.position, nozzle.nozzle] }),
    fill: upsertRow(session, fill, { key: fill.id, generated: 'no' }),
    log: insertRow(session, fillLog, { generated: 'id' }),
    payment: insertRow(session, fillPayment, { generated: 'id' }),
  }
}

function reading(session: LedgerSession) {
  const { db } = session
  const slot = (name: string) => sql.placeholder(name)
  // As literals, because a partial index is looked at with the text of the statement: for a bound
  // value SQLite compiles the statement anew at every call.
  const isOpen = sql`${fill.openMark} = 1`
  const ofBooks = sql`${fillLog.books} = 1`
  const atNozzle = and(eq(fill.position, slot('position')), eq(fill.nozzle, slot('nozzle')), isOpen)
  const books = and(
    eq(fillLog.position, slot('position')),
    eq(fillLog.nozzle, slot('nozzle')),
    ofBooks,
  )
  const one = and(eq(nozzle.position, slot('position')), eq(nozzle.nozzle, slot('nozzle')))
  const use = and(eq(fill.booking, slot('booking')), eq(fill.useNo, slot('useNo')))
  const byId = eq(fill.id, slot('id'))
  const nozzles = () => db.select().from(nozzle)
  const fills = () => db.select().from(fill)
  return {
    nozzles: readRows(session, nozzle, nozzles().orderBy(nozzle.position, nozzle.nozzle)),
    nozzle: readRows(session, nozzle, nozzles().where(one)),
    open: readRows(session, fill, fills().where(atNozzle)),
    byId: readRows(session, fill, fills().where(byId)),
    openUse: db.select({ id: fill.id }).from(fill).where(and(use, isOpen)).prepare(),
    bookRows: db
      .select({ body: fillLog.body })
      .from(fillLog)
      .where(books)
      .orderBy(asc(fillLog.id))
      .prepare(),
    payment: db
      .select({ id: fillPayment.id })
      .from(fillPayment)
      .where(eq(fillPayment.fill, slot('id')))
      .prepare(),
  }
}

function page(
  { db }: LedgerSession,
  { limit, before }: { readonly limit: number; readonly before: number | null },
): ReturnType<Fills['page']> {
  const rows = db
    .select({ fill, payment: fillPayment.id })
    .from(fill)
    .leftJoin(fillPayment, eq(fillPayment.fill, fill.id))
    .where(before === null ? isNotNull(fill.no) : lt(fill.no, before))
    .orderBy(desc(fill.no))
    .limit(limit + 1)
    .all()
  const shown = rows.slice(0, limit)
  return {
    fills: shown.map((row) => listedFill({ ...row.fill, collected: row.payment !== null })),
    next: rows.length > limit ? (shown.at(-1)?.fill.no ?? null) : null,
  }
}

function logRow({ piece, key, row, raw, at, mono }: FillLogEntry, boot: string) {
  return {
    fill: piece,
    position: key.position,
    nozzle: key.nozzle,
    kind: row.kind,
    books: changesBooks(row),
    command: row.kind === 'intent' ? row.intent.command : null,
    body: row,
    raw,
    atMs: at,
    monoMs: mono,
    boot,
  }
}

/** The rows that `accountRow` counts; all others are steps of a fill on its way. */
function changesBooks(row: FillRow): boolean {
  return (
    row.kind === 'settle' ||
    row.kind === 'dispute' ||
    row.kind === 'meter-reset' ||
    row.kind === 'moved' ||
    (row.kind === 'orphan' && row.ended)
  )
}

function map<T, U>(value: T | undefined, to: (value: T) => U): U | undefined {
  return value === undefined ? undefined : to(value)
}
