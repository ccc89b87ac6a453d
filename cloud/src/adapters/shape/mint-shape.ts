import type { Pool } from 'pg'
import { inReadTransaction } from './read-transaction.ts'
import type { AskedShape, ServedShape } from './served-shape.ts'
import type { ShapeDefinition } from './shape-definition.ts'
import { takeSnapshot } from './snapshot.ts'

export type MintDeps = {
  readonly pool: Pool
  readonly dbEpoch: number
  readonly chunkBytes: number
  /** Microseconds that never repeat: handles are never used twice. */
  readonly stamp: () => bigint
  readonly onFault: (error: unknown) => void
}

const mintLock = 1_396_786_502

export type Mint = { readonly asked: AskedShape; readonly hash: string }

/**
 * Takes a snapshot and makes its handle the current one. The handle's row is there before the rows
 * are read, so that whatever ends the table's shapes meanwhile ends this one too, and it is taken
 * again. Another process may do the same at the same time: both handles are good, the later one is
 * current, and the other goes on as an old one.
 */
export async function mintShape(deps: MintDeps, input: Mint): Promise<ServedShape> {
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

async function mintOnce(deps: MintDeps, { asked, hash }: Mint): Promise<ServedShape | undefined> {
  const { pool, chunkBytes, dbEpoch } = deps
  const { gated, table } = asked
  const handle = `${hash}-${deps.stamp()}`
  await writeCache(pool, {
    text: `INSERT INTO shape (handle, def_hash, def, part, rel, base_seq, chunks, db_epoch, current, complete)
     VALUES ($1, $2, $3, $4, $5, 0, 0, $6, false, false)`,
    values: [
      ...[handle, hash, gated.definition satisfies ShapeDefinition, gated.part, table.rel, dbEpoch],
    ],
  })
  try {
    const { baseSeq, chunks } = await takeSnapshot(pool, {
      ...{ shape: gated, table, chunkBytes },
      keep: async (n, body) => {
        await writeCache(pool, {
          text: 'INSERT INTO shape_chunk (handle, n, body) VALUES ($1, $2, $3)',
          values: [handle, n, body],
        })
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

type CacheWrite = { readonly text: string; readonly values: unknown[] }

/**
 * Handles and chunks can be made anew: a crash of PostgreSQL that loses some costs a client one more
 * fetch, while waiting for the disk three times a handle costs a fleet that comes back a minute.
 */
async function writeCache(pool: Pool, write: CacheWrite): Promise<void> {
  await inReadTransaction(pool, { mode: 'cache' }, (client) => client.query(write))
}

/** False when the handle was ended while its rows were read. */
function makeCurrent(pool: Pool, minted: Minted): Promise<boolean> {
  const { hash, handle, baseSeq, chunks } = minted
  return inReadTransaction(pool, { mode: 'cache' }, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [mintLock, hash])
    const { rowCount } = await client.query(
      'SELECT 1 FROM shape WHERE handle = $1 AND NOT retired FOR UPDATE',
      [handle],
    )
    if (rowCount !== 1) return false
    await client.query('UPDATE shape SET current = false WHERE def_hash = $1 AND current', [hash])
    await client.query(
      `UPDATE shape SET current = true, complete = true, base_seq = $2, chunks = $3
       WHERE handle = $1`,
      [handle, baseSeq, chunks],
    )
    return true
  })
}
