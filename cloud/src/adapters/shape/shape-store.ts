import type { Clock } from '@baari/shared/runtime/clock'
import type { Pool } from 'pg'
import { mintShape, type MintDeps } from './mint-shape.ts'
import type { AskedShape, ServedShape } from './served-shape.ts'
import { definitionHash } from './shape-definition.ts'
import { typesOf } from './table-catalog.ts'
import { turns } from './turns.ts'

export type ShapeStore = {
  /** The shape of a handle, if that handle was given for this very definition and still stands. */
  byHandle(asked: AskedShape, handle: string): Promise<ServedShape | undefined>
  /**
   * The same for who reads the log only: whether a handle that this process knows still stands is
   * asked by the reading itself.
   */
  forLog(asked: AskedShape, handle: string): Promise<ServedShape | undefined>
  /** The current handle with its whole snapshot at hand; another than `not`. */
  current(asked: AskedShape, not?: string): Promise<ServedShape>
  /** The current handle's name, without making one. */
  currentHandle(asked: AskedShape): Promise<string | undefined>
  /** A chunk of the snapshot, packed by gzip; undefined when it was evicted. */
  chunk(handle: string, n: number): Promise<Buffer | undefined>
  /** Ends a handle for good and wakes who waits; false when there was none. */
  retire(handle: string): Promise<boolean>
}

export type ShapeStoreDeps = MintDeps & { readonly clock: Clock }

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
      return found === undefined ? mintShape(deps, { asked, hash }) : served(asked, found)
    }).finally(() => minting.delete(hash))
    minting.set(hash, minted)
    return minted
  }

  const known = knownHandles()

  async function byHandle(asked: AskedShape, handle: string): Promise<ServedShape | undefined> {
    const hash = hashOf(asked)
    const { rows } = await pool.query<ShapeSql>({
      name: 'shape by handle',
      text: `SELECT handle, base_seq, chunks FROM shape
         WHERE handle = $1 AND def_hash = $2 AND complete AND NOT retired`,
      values: [handle, hash],
    })
    if (rows[0] === undefined) return undefined
    noteRead(handle)
    known.add(hash, rows[0])
    return served(asked, rows[0])
  }

  return {
    byHandle,
    async forLog(asked, handle) {
      const found = known.find(hashOf(asked), handle)
      if (found === undefined) return byHandle(asked, handle)
      noteRead(handle)
      return served(asked, found)
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
/** Ten thousand stations follow ten tables each. */
const handlesNotedMax = 100_000

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

/** A handle's base and chunks never change once it is complete: this forgets only to stay small. */
function knownHandles() {
  const rows = new Map<string, { readonly hash: string; readonly row: ShapeSql }>()
  return {
    add(hash: string, row: ShapeSql): void {
      if (rows.size >= handlesNotedMax) rows.clear()
      rows.set(row.handle, { hash, row })
    },
    /** A handle is good for its own definition only. */
    find(hash: string, handle: string): ShapeSql | undefined {
      const found = rows.get(handle)
      return found?.hash === hash ? found.row : undefined
    },
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
