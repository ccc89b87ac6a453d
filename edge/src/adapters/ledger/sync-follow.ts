import { stationShapes, type StationShape } from '@baari/shared/contracts/sync/shapes'
import { assert } from '@baari/shared/faults/assert'
import { instant } from '@baari/shared/units/time'
import type { FollowedRow, FollowStore, FollowTarget, ShapeCursor } from '../../ports/sync.ts'
import { boundLimit } from './bound-limit.ts'
import type { LedgerSession } from './ledger-session.ts'

type CursorRow = {
  readonly name: StationShape
  readonly handle: string
  readonly offset: string
  readonly schema_hash: string
  readonly last_up_to_date_ms: number | null
  readonly staging: number
}

/** Unparseable rows kept for a person; the oldest make room. */
const quarantineMax = 1_000

/**
 * Rows of one statement. SQLite secures every page that a statement with triggers may touch, so that
 * a row of its own costs half as much again; more rows than this gain nothing further.
 */
const rowsAtOnce = 20

/** Names come from the contract, never from the wire, so that they may stand in SQL text. */
const shapeNames: ReadonlySet<string> = new Set(Object.keys(stationShapes))

export function followStoreOf({ sqlite }: LedgerSession): FollowStore {
  const cursors = sqlite.prepare<[], CursorRow>('SELECT * FROM shape_cursor ORDER BY name')
  const cursor = sqlite.prepare<[string], CursorRow>('SELECT * FROM shape_cursor WHERE name = ?')
  const saveCursor = sqlite.prepare(
    `INSERT INTO shape_cursor (name, handle, offset, schema_hash, last_up_to_date_ms, staging)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET handle = excluded.handle, offset = excluded.offset,
       schema_hash = excluded.schema_hash, last_up_to_date_ms = excluded.last_up_to_date_ms,
       staging = excluded.staging`,
  )
  const quarantine = sqlite.prepare(
    'INSERT INTO quarantine (source, payload, reason, at_ms) VALUES (?, ?, ?, ?)',
  )
  const trim = sqlite.prepare(
    'DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?',
  )
  // A hundred statements, most of them for a refetch: each is compiled when it is first wanted, or
  // a start would wait for all of them.
  const live = onFirstUse((name) => tableStatements(sqlite, name, name))
  const staged = onFirstUse((name) => tableStatements(sqlite, name, `${name}_staging`))
  const keep = onFirstUse((name) => keepStatement(sqlite, name))
  const swap = onFirstUse((name) => swapStatements(sqlite, name))
  const table = ({ name, staging }: FollowTarget): TableStatements =>
    staging ? staged(name) : live(name)

  return {
    cursor: (name) => cursorOf(cursor.get(name)),
    cursors: () => cursors.all().flatMap((row) => cursorOf(row) ?? []),
    saveCursor: ({ name, handle, offset, schemaHash, lastUpToDate, staging }) =>
      void saveCursor.run(name, handle, offset, schemaHash, lastUpToDate, staging ? 1 : 0),
    beginStaging: (name) => void table({ name, staging: true }).clear.run(),
    upsert(target, rows) {
      const { columns, upsertOne, upsertMany } = table(target)
      const alone = rows.length % rowsAtOnce
      for (const row of rows.slice(0, alone)) upsertOne.run(cellsOf(columns, [row]))
      for (let at = alone; at < rows.length; at += rowsAtOnce) {
        upsertMany().run(cellsOf(columns, rows.slice(at, at + rowsAtOnce)))
      }
    },
    remove: (target, id) => void table(target).remove.run(id),
    keepStaged: (name, id) => void keep(name).run(id),
    swap(name) {
      for (const statement of swap(name)) statement.run()
    },
    count: (name) => table({ name, staging: false }).count.get()?.n ?? 0,
    takeCancels: cancelAcks(sqlite),
    quarantine({ source, payload, reason, at }) {
      quarantine.run(source, payload, reason, at)
      trim.run(quarantineMax)
    },
  }
}

function onFirstUse<T>(make: (name: StationShape) => T): (name: StationShape) => T {
  const made = new Map<StationShape, T>()
  return (name) => {
    assert(shapeNames.has(name), `${name} is no table of the station`)
    const known = made.get(name)
    if (known !== undefined) return known
    const fresh = make(name)
    made.set(name, fresh)
    return fresh
  }
}

function cellsOf(columns: readonly string[], rows: readonly FollowedRow[]): readonly Cell[] {
  const cells: Cell[] = []
  for (const row of rows) for (const column of columns) cells.push(row[column] ?? null)
  return cells
}

function cursorOf(row: CursorRow | undefined): ShapeCursor | undefined {
  if (row === undefined) return undefined
  const { last_up_to_date_ms: at } = row
  return {
    name: row.name,
    handle: row.handle,
    offset: row.offset,
    schemaHash: row.schema_hash,
    lastUpToDate: at === null ? null : instant(at),
    staging: row.staging === 1,
  }
}

type Cell = FollowedRow[string]
type Db = LedgerSession['sqlite']
type TableStatements = ReturnType<typeof tableStatements>

/** The key is the first column of the contract's row. */
function tableStatements(sqlite: Db, name: StationShape, table: string) {
  const columns = Object.keys(stationShapes[name].shape)
  const [id, ...rest] = columns
  const set = rest.map((column) => `${column} = excluded.${column}`).join(', ')
  const slots = `(${columns.map(() => '?').join(', ')})`
  const upsertOf = (rows: number) =>
    sqlite.prepare<[readonly Cell[]]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(rows).fill(slots).join(', ')}
       ON CONFLICT (${id}) DO UPDATE SET ${set}`,
    )
  let many: ReturnType<typeof upsertOf> | undefined
  return {
    columns,
    upsertOne: upsertOf(1),
    upsertMany: () => (many ??= upsertOf(rowsAtOnce)),
    remove: sqlite.prepare(`DELETE FROM ${table} WHERE ${id} = ?`),
    clear: sqlite.prepare(`DELETE FROM ${table}`),
    count: sqlite.prepare<[], { readonly n: number }>(`SELECT count(*) AS n FROM ${table}`),
  }
}

type Cancel = { readonly booking: string; readonly rev: number }

function cancelAcks(sqlite: Db): (limit: number) => readonly Cancel[] {
  const pending = sqlite.prepare<[number], Cancel>(
    `SELECT b.id AS booking, b.rev FROM booking b
     WHERE b.state = 'cancel_pending'
       AND NOT EXISTS (SELECT 1 FROM cancel_ack a WHERE a.booking = b.id AND a.rev = b.rev)
       AND NOT EXISTS (SELECT 1 FROM check_in c WHERE c.booking = b.id AND c.state <> 'released')
     ORDER BY b.id ${boundLimit}`,
  )
  const mark = sqlite.prepare(
    'INSERT INTO cancel_ack (booking, rev) VALUES (?, ?) ON CONFLICT DO UPDATE SET rev = excluded.rev',
  )
  return (limit) => {
    const found = pending.all(limit)
    for (const { booking, rev } of found) mark.run(booking, rev)
    return found
  }
}

function keepStatement(sqlite: Db, name: StationShape) {
  const columns = Object.keys(stationShapes[name].shape)
  const list = columns.join(', ')
  return sqlite.prepare(
    `INSERT INTO ${name}_staging (${list}) SELECT ${list} FROM ${name} WHERE ${columns[0]} = ?
     ON CONFLICT DO NOTHING`,
  )
}

/**
 * One transaction replaces the rows, so a lookup sees the old ones or the new ones, never none.
 * Rows are written by their key: what is equal stays as it lies on the disk.
 */
function swapStatements(sqlite: Db, name: StationShape) {
  const columns = Object.keys(stationShapes[name].shape)
  const list = columns.join(', ')
  const [id, ...rest] = columns
  const set = rest.map((column) => `${column} = excluded.${column}`).join(', ')
  return [
    ...keepOwn(sqlite, name, list),
    sqlite.prepare(`DELETE FROM ${name} WHERE ${id} NOT IN (SELECT ${id} FROM ${name}_staging)`),
    sqlite.prepare(
      `INSERT INTO ${name} (${list}) SELECT ${list} FROM ${name}_staging WHERE true
       ON CONFLICT (${id}) DO UPDATE SET ${set}`,
    ),
    sqlite.prepare(`DELETE FROM ${name}_staging`),
  ]
}

/** What the station sold stays, also while the cloud has not heard of it. */
function keepOwn(sqlite: Db, name: StationShape, list: string) {
  if (name !== 'booking') return []
  return [
    sqlite.prepare(
      `INSERT INTO booking_staging (${list}) SELECT ${list} FROM own_booking WHERE true
       ON CONFLICT DO NOTHING`,
    ),
  ]
}
