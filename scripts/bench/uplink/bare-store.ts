import { join } from 'node:path'
import { present } from '@baari/shared/faults/assert'
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

  /** Lines in one packed value, as the cloud sends them: an array of them is written out as text. */
  async function store({ seqs, lines }: Batch): Promise<void> {
    let end = 0
    const starts = lines.map((line) => (end += line.length) - line.length)
    await pool.query({
      name: 'bench bare op',
      text: `INSERT INTO bench_bare_op (round, seq, raw)
        SELECT $1, seq, substring($2::bytea FROM starts + 1 FOR size)
        FROM unnest($3::bigint[], $4::int[], $5::int[]) AS b (seq, starts, size)`,
      values: [rounds, Buffer.concat(lines), seqs, starts, lines.map((line) => line.length)],
    })
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

type Head = { readonly epoch: string; readonly last: number }
type Line = { readonly seq: number; readonly raw: Buffer }

function* batchesOf(
  ledger: Database.Database,
  { count, batch }: { readonly count: number; readonly batch: number },
): Generator<Batch> {
  const heads = ledger.prepare<[], Head>(
    `SELECT epoch, next_seq - 1 AS last FROM outbox_head WHERE stream = 'ledger'`,
  )
  const page = ledger.prepare<[string, number, number], Line>(
    `SELECT seq, raw FROM outbox WHERE epoch = ? AND stream = 'ledger' AND seq > ?
     ORDER BY seq LIMIT ?`,
  )
  const { epoch, last } = present(heads.get(), 'the head of the only epoch')
  let after = last - count
  const next = (): readonly Line[] => page.all(epoch, after, batch)
  for (let lines = next(); lines.length > 0; lines = next()) {
    after = lines[lines.length - 1]?.seq ?? Infinity
    yield { seqs: lines.map(({ seq }) => seq), lines: lines.map(({ raw }) => raw) }
  }
}
