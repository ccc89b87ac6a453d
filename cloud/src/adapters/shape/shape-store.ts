import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { definitionHash, type GatedShape, type ShapeDefinition } from './shape-definition.ts'
import { takeSnapshot } from './snapshot.ts'
import { typesOf, type CapturedTable } from './table-catalog.ts'
import { turns } from './turns.ts'

/** A shape with the handle it is served under. */
export type ServedShape = {
  readonly handle: string
  readonly gated: GatedShape
  readonly table: CapturedTable
  readonly baseSeq: number
  readonly chunks: number
}

/** A shape as it was asked for, on the table as it is now. */
export type AskedShape = { readonly gated: GatedShape; readonly table: CapturedTable }

export type ShapeStore = {
  /** The shape of a handle, if that handle was given for this very definition and still stands. */
  byHandle(asked: AskedShape, handle: string): Promise<ServedShape | undefined>
  /** The current handle with its whole snapshot at hand; another than `not`. */
  current(asked: AskedShape, not?: string): Promise<ServedShape>
  /** The current handle's name, without making one. */
  currentHandle(asked: AskedShape): Promise<string | undefined>
  /** A chunk of the snapshot, packed by gzip; undefined when it was evicted. */
  chunk(handle: string, n: number): Promise<Buffer | undefined>
  /** Ends a handle for good and wakes who waits; false when there was none. */
  retire(handle: string): Promise<boolean>
}

export type ShapeStoreDeps = {
  readonly pool: Pool
  readonly dbEpoch: number
  readonly chunkBytes: number
  /** Microseconds that never repeat: handles are never used twice. */
  readonly stamp: () => bigint
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}

const mintLock = 1_396_786_502
/** Snapshots at once: each holds two connections of the pool. */
const mintsMax = 3

type Wanted = { readonly hash: string; readonly not: string | undefined }
type ShapeSql = { readonly handle: string; readonly base_seq: string; readonly chunks: number }

export function shapeStore(deps: ShapeStoreDeps): ShapeStore {
  const { pool, dbEpoch } = deps
  const minting = new Map<string, Promise<ServedShape>>()
  const turn = turns(mintsMax)
  const noteRead = readNotes(deps)

  const hashOf = ({ gated, table }: AskedShape): string =>
    definitionHash(gated.definition, {
      ...{
        rel: table.rel,
        key: table.key,
        types: typesOf(table, gated.definition.columns),
        dbEpoch,
      },
    })

  function begin(asked: AskedShape, { hash, not }: Wanted): Promise<ServedShape> {
    const minted = turn(async () => {
      // Somebody may have been done between our look and our turn.
      const found = await findCurrent(pool, hash, not)
      return found === undefined ? mint(deps, { asked, hash }) : served(asked, found)
    }).finally(() => minting.delete(hash))
    minting.set(hash, minted)
    return minted
  }

  return {
    async byHandle(asked, handle) {
      const { rows } = await pool.query<ShapeSql>({
        name: 'shape by handle',
        text: `SELECT handle, base_seq, chunks FROM shape
           WHERE handle = $1 AND def_hash = $2 AND complete AND NOT retired`,
        values: [handle, hashOf(asked)],
      })
      if (rows[0] === undefined) return undefined
      noteRead(handle)
      return served(asked, rows[0])
    },
    async current(asked, not) {
      const hash = hashOf(asked)
      for (;;) {
        const found = await findCurrent(pool, hash, not)
        if (found !== undefined) return served(asked, found)
        // First requests that come together share one snapshot, except with one that refuses it.
        const shape = await (minting.get(hash) ?? begin(asked, { hash, not }))
        if (shape.handle !== not) return { ...shape, ...asked }
      }
    },
    currentHandle: (asked) => currentHandle(pool, hashOf(asked)),
    chunk: (handle, n) => chunkOf(pool, handle, n),
    retire: (handle) => retire(pool, handle),
  }
}

async function currentHandle(pool: Pool, hash: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ handle: string }>(
    'SELECT handle FROM shape WHERE def_hash = $1 AND current AND NOT retired',
    [hash],
  )
  return rows[0]?.handle
}

async function chunkOf(pool: Pool, handle: string, n: number): Promise<Buffer | undefined> {
  const { rows } = await pool.query<{ body: Buffer }>({
    name: 'shape chunk',
    text: 'SELECT body FROM shape_chunk WHERE handle = $1 AND n = $2',
    values: [handle, n],
  })
  return rows[0]?.body
}

async function retire(pool: Pool, handle: string): Promise<boolean> {
  const { rows } = await pool.query<{ ended: boolean }>('SELECT shape_retire_handle($1) AS ended', [
    handle,
  ])
  return rows[0]?.ended === true
}

const noteEveryMs = 3_600_000
const handlesNotedMax = 10_000

/** Writes down about once an hour that a handle is in use: who is read is not forgotten. */
function readNotes({ pool, clock, onFault }: ShapeStoreDeps): (handle: string) => void {
  const noted = new Map<string, number>()
  return (handle) => {
    const now = clock.mono()
    if (now - (noted.get(handle) ?? -noteEveryMs) < noteEveryMs) return
    if (noted.size >= handlesNotedMax) noted.clear()
    noted.set(handle, now)
    pool.query('UPDATE shape SET last_read_at = now() WHERE handle = $1', [handle]).catch(onFault)
  }
}

function served(asked: AskedShape, row: ShapeSql): ServedShape {
  const { handle, chunks } = row
  return { ...asked, handle, baseSeq: Number(row.base_seq), chunks }
}

async function findCurrent(
  pool: Pool,
  hash: string,
  not: string | undefined,
): Promise<ShapeSql | undefined> {
  const { rows } = await pool.query<ShapeSql>({
    name: 'shape current',
    text: `SELECT handle, base_seq, chunks FROM shape s
       WHERE def_hash = $1 AND current AND NOT retired AND handle <> $2
         AND chunks = (SELECT count(*) FROM shape_chunk c WHERE c.handle = s.handle)`,
    values: [hash, not ?? ''],
  })
  return rows[0]
}

type Mint = { readonly asked: AskedShape; readonly hash: string }

/**
 * Takes a snapshot and makes its handle the current one. The handle's row is there before the rows
 * are read, so that whatever ends the table's shapes meanwhile ends this one too, and it is taken
 * again. Another process may do the same at the same time: both handles are good, the later one is
 * current, and the other goes on as an old one.
 */
async function mint(deps: ShapeStoreDeps, input: Mint): Promise<ServedShape> {
  for (let attempt = 1; ; attempt += 1) {
    const shape = await mintOnce(deps, input)
    if (shape !== undefined) return shape
    if (attempt >= mintAttempts) throw new TableTooBusy(input.asked.gated.definition.table)
  }
}

const mintAttempts = 3

/** The shape was ended under every snapshot that was tried. */
class TableTooBusy extends Error {
  override readonly name = 'TableTooBusy'
}

async function mintOnce(
  deps: ShapeStoreDeps,
  { asked, hash }: Mint,
): Promise<ServedShape | undefined> {
  const { pool, chunkBytes, dbEpoch } = deps
  const { gated, table } = asked
  const handle = `${hash}-${deps.stamp()}`
  await pool.query(
    `INSERT INTO shape (handle, def_hash, def, part, rel, base_seq, chunks, db_epoch, current, complete)
     VALUES ($1, $2, $3, $4, $5, 0, 0, $6, false, false)`,
    [handle, hash, gated.definition satisfies ShapeDefinition, gated.part, table.rel, dbEpoch],
  )
  try {
    const { baseSeq, chunks } = await takeSnapshot(pool, {
      ...{ shape: gated, table, chunkBytes },
      keep: async (n, body) => {
        await pool.query('INSERT INTO shape_chunk (handle, n, body) VALUES ($1, $2, $3)', [
          ...[handle, n, body],
        ])
      },
    })
    const stands = await makeCurrent(pool, { hash, handle, baseSeq, chunks })
    return stands ? { ...asked, handle, baseSeq, chunks } : undefined
  } catch (error) {
    await pool.query('DELETE FROM shape WHERE handle = $1', [handle]).catch(deps.onFault)
    throw error
  }
}

type Minted = {
  readonly hash: string
  readonly handle: string
  readonly baseSeq: number
  readonly chunks: number
}

/** False when the handle was ended while its rows were read. */
async function makeCurrent(pool: Pool, minted: Minted): Promise<boolean> {
  const { hash, handle, baseSeq, chunks } = minted
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [mintLock, hash])
    const { rowCount } = await client.query(
      'SELECT 1 FROM shape WHERE handle = $1 AND NOT retired FOR UPDATE',
      [handle],
    )
    if (rowCount === 1) {
      await client.query('UPDATE shape SET current = false WHERE def_hash = $1 AND current', [hash])
      await client.query(
        `UPDATE shape SET current = true, complete = true, base_seq = $2, chunks = $3
         WHERE handle = $1`,
        [handle, baseSeq, chunks],
      )
    }
    await client.query('COMMIT')
    return rowCount === 1
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
