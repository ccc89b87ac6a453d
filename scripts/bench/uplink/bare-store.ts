import { join } from 'node:path'
import Database from 'better-sqlite3'
import type pg from 'pg'

/**
 * The limit ours is measured against: the same lines read from the node's file and stored once in
 * the same PostgreSQL, a durable commit for each batch, and nothing else. No link between, no
 * chain, no effect of an op, no other reader.
 */
export type BareStore = {
  /** Stores the newest `count` ops of the node; how long that took. */
  round(count: number): Promise<{ readonly ops: number; readonly tookMs: number }>
}

type Batch = { readonly seqs: readonly number[]; readonly lines: readonly Buffer[] }

export async function openBareStore(
  pool: pg.Pool,
  { folder, batch }: { readonly folder: string; readonly batch: number },
): Promise<BareStore> {
  await pool.query(
    `CREATE TABLE bench_bare_op (round int NOT NULL, seq bigint NOT NULL, raw bytea NOT NULL,
       PRIMARY KEY (round, seq))`,
  )
  let rounds = 0

  async function store({ seqs, lines }: Batch): Promise<void> {
    await pool.query(
      `INSERT INTO bench_bare_op (round, seq, raw)
       SELECT $1, seq, raw FROM unnest($2::bigint[], $3::bytea[]) AS b (seq, raw)`,
      [rounds, seqs, lines],
    )
  }

  return {
    async round(count) {
      rounds += 1
      const ledger = new Database(join(folder, 'ledger.db'), { readonly: true })
      try {
        const startedMs = performance.now()
        let ops = 0
        for (const one of batchesOf(ledger, { count, batch })) {
          await store(one)
          ops += one.seqs.length
        }
        return { ops, tookMs: performance.now() - startedMs }
      } finally {
        ledger.close()
      }
    },
  }
}

type Line = { readonly seq: number; readonly raw: Buffer }

function* batchesOf(
  ledger: Database.Database,
  { count, batch }: { readonly count: number; readonly batch: number },
): Generator<Batch> {
  const newest = ledger
    .prepare<[], number>(`SELECT max(seq) FROM outbox WHERE stream = 'ledger'`)
    .pluck()
  const page = ledger.prepare<[number, number], Line>(
    `SELECT seq, raw FROM outbox WHERE stream = 'ledger' AND seq > ? ORDER BY seq LIMIT ?`,
  )
  let after = (newest.get() ?? 0) - count
  for (let lines = page.all(after, batch); lines.length > 0; lines = page.all(after, batch)) {
    after = lines[lines.length - 1]?.seq ?? Infinity
    yield { seqs: lines.map(({ seq }) => seq), lines: lines.map(({ raw }) => raw) }
  }
}
