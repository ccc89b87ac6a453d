import type { Pool } from 'pg'
import { definitionHash, type ShapeDefinition } from './shape-definition.ts'
import { takeSnapshot } from './snapshot.ts'
import type { GatedShape } from './station-gate.ts'
import type { CapturedTable } from './table-catalog.ts'

/** A shape with the handle it is served under. */
export type ServedShape = {
  readonly handle: string
  readonly definition: ShapeDefinition
  readonly part: number
  readonly table: CapturedTable
  readonly baseSeq: number
  readonly chunks: number
}

export type ShapeStore = {
  /** The shape of a handle, if that handle was given for this very definition and still stands. */
  byHandle(
    shape: GatedShape,
    table: CapturedTable,
    handle: string,
  ): Promise<ServedShape | undefined>
  /** The current handle with its whole snapshot at hand; another than `not`. */
  current(shape: GatedShape, table: CapturedTable, not?: string): Promise<ServedShape>
  /** A chunk of the snapshot, packed by gzip; undefined when it was evicted. */
  chunk(handle: string, n: number): Promise<Buffer | undefined>
}

export type ShapeStoreDeps = {
  readonly pool: Pool
  readonly dbEpoch: number
  readonly chunkBytes: number
  /** Microseconds that never repeat: handles are never used twice. */
  readonly stamp: () => bigint
}

const mintLock = 1_396_786_502

type ShapeSql = {
  readonly handle: string
  readonly base_seq: string
  readonly chunks: number
}

export function shapeStore(deps: ShapeStoreDeps): ShapeStore {
  const { pool, dbEpoch } = deps
  const minting = new Map<string, Promise<ServedShape>>()

  return {
    async byHandle(shape, table, handle) {
      const { rows } = await pool.query<ShapeSql>(
        `SELECT handle, base_seq, chunks FROM shape
         WHERE handle = $1 AND def_hash = $2 AND NOT retired`,
        [handle, definitionHash(shape.definition, { rel: table.rel, dbEpoch })],
      )
      return rows[0] && served(shape, table, rows[0])
    },
    async current(shape, table, not) {
      const hash = definitionHash(shape.definition, { rel: table.rel, dbEpoch })
      const found = await findCurrent(pool, hash, not)
      if (found !== undefined) return served(shape, table, found)
      // First requests that come together share one snapshot.
      const running = minting.get(hash)
      if (running !== undefined) return running
      const minted = mint(deps, { shape, table, hash, not }).finally(() => minting.delete(hash))
      minting.set(hash, minted)
      return minted
    },
    async chunk(handle, n) {
      const { rows } = await pool.query<{ body: Buffer }>(
        'SELECT body FROM shape_chunk WHERE handle = $1 AND n = $2',
        [handle, n],
      )
      return rows[0]?.body
    },
  }
}

function served(shape: GatedShape, table: CapturedTable, row: ShapeSql): ServedShape {
  const { definition, part } = shape
  const { handle, chunks } = row
  return { handle, definition, part, table, baseSeq: Number(row.base_seq), chunks }
}

async function findCurrent(
  pool: Pool,
  hash: string,
  not: string | undefined,
): Promise<ShapeSql | undefined> {
  const { rows } = await pool.query<ShapeSql>(
    `SELECT handle, base_seq, chunks FROM shape s
     WHERE def_hash = $1 AND current AND NOT retired AND handle <> $2
       AND chunks = (SELECT count(*) FROM shape_chunk c WHERE c.handle = s.handle)`,
    [hash, not ?? ''],
  )
  return rows[0]
}

type Mint = {
  readonly shape: GatedShape
  readonly table: CapturedTable
  readonly hash: string
  readonly not: string | undefined
}

/**
 * Takes a snapshot and makes its handle the current one. Another process may do the same at the
 * same time: both handles are good, the later one is current, and the other goes on as an old one.
 */
async function mint(deps: ShapeStoreDeps, { shape, table, hash }: Mint): Promise<ServedShape> {
  const { pool, chunkBytes, dbEpoch } = deps
  const { definition, part } = shape
  const { baseSeq, chunks } = await takeSnapshot(pool, { definition, part, table, chunkBytes })
  const handle = `${hash}-${deps.stamp()}`
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [mintLock, hash])
    await client.query('UPDATE shape SET current = false WHERE def_hash = $1 AND current', [hash])
    await client.query(
      `INSERT INTO shape (handle, def_hash, def, part, rel, base_seq, chunks, db_epoch, current)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true)`,
      [handle, hash, definition, part, table.rel, baseSeq, chunks.length, dbEpoch],
    )
    await client.query(
      `INSERT INTO shape_chunk (handle, n, body)
       SELECT $1, o - 1, body FROM unnest($2::bytea[]) WITH ORDINALITY AS c (body, o)`,
      [handle, chunks],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
  return { handle, definition, part, table, baseSeq, chunks: chunks.length }
}
