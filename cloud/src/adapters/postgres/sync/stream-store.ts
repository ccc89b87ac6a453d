import { DatabaseError, type Pool, type PoolClient } from 'pg'
import type { Head } from '../../../domain/sync/check-batch.ts'
import {
  DataRefused,
  type SeqRange,
  type StationStreams,
  type StreamKey,
  type StreamTx,
} from '../../../ports/station-streams.ts'
import { inTransaction } from '../pool.ts'
import { sendTogether } from '../send-together.ts'
import { chainStart } from './chain-hash.ts'
import { loadEntities, loadKnown } from './load-known.ts'
import { readDeferred, rewriteOps } from './rewrite-ops.ts'
import { writeBatch } from './write-batch.ts'

/** Two commits that waited for each other: the database chose ours to try again. */
const retryStates = new Set(['40001', '40P01'])
const retries = 3

export function stationStreams(pool: Pool): StationStreams {
  return {
    transact: (key, work) => transactWithRetry(pool, key, work),
    async head({ stationNo, epoch, stream }) {
      const { rows } = await pool.query<Partial<HeadRow> & { current_epoch: string | null }>(
        `SELECT s.current_epoch, h.seq, h.chain FROM station s
         LEFT JOIN station_head h ON h.station_no = s.no AND h.epoch = $2 AND h.stream = $3
         WHERE s.no = $1`,
        [stationNo, epoch, stream],
      )
      const { current_epoch: currentEpoch = null, seq, chain } = rows[0] ?? {}
      const found = typeof seq === 'string' && typeof chain === 'string'
      return { currentEpoch, head: found ? headOf({ seq, chain }) : undefined }
    },
    async rawOps({ stationNo, epoch, stream }, { from, to }) {
      const known = await pool.query(
        'SELECT 1 FROM station_epoch WHERE station_no = $1 AND epoch = $2',
        [stationNo, epoch],
      )
      if (known.rowCount !== 1) return undefined
      const { rows } = await pool.query<RawRow>(
        `SELECT seq, raw, hash FROM station_op WHERE station_no = $1 AND epoch = $2 AND stream = $3
           AND seq BETWEEN $4 AND $5 ORDER BY seq`,
        [stationNo, epoch, stream, from, to],
      )
      return rows.map((row) => row.raw ?? erased(row))
    },
    async deferred(reader, limit) {
      const { rows } = await pool.query<StreamRow>(
        `SELECT o.station_no, o.epoch, o.stream FROM (
           SELECT DISTINCT station_no, epoch, stream FROM station_op
           WHERE verdict = 'deferred' AND raw IS NOT NULL AND tried IS DISTINCT FROM $1 LIMIT $2
         ) AS o JOIN station_epoch e USING (station_no, epoch)
         ORDER BY o.station_no, e.opened_at_ms, o.stream`,
        [reader, limit],
      )
      return rows.map((row) => ({ ...row, stationNo: row.station_no }))
    },
  }
}

type StreamRow = Pick<StreamKey, 'epoch' | 'stream'> & { readonly station_no: number }
type RawRow = { readonly seq: string; readonly raw: Buffer | null; readonly hash: Buffer }

function erased({ seq, hash }: RawRow): Uint8Array {
  const line = { s: Number(seq), k: 'erased', h: hash.toString('hex') }
  return Buffer.from(JSON.stringify(line), 'utf8')
}

type HeadRow = { readonly seq: string; readonly chain: string }

function headOf({ seq, chain }: HeadRow): Head {
  return { seq: Number(seq), chain }
}

async function transactWithRetry<T>(
  pool: Pool,
  key: StreamKey,
  work: (tx: StreamTx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, async (client) => work(await openTx(client, key)))
    } catch (error) {
      const state = error instanceof DatabaseError ? (error.code ?? '') : ''
      if (isDataError(state)) throw new DataRefused(state, String(error))
      if (!retryStates.has(state) || attempt >= retries) throw error
    }
  }
}

/** Class 22: a value that does not fit; class 23: a row that breaks a constraint. */
function isDataError(sqlState: string): boolean {
  return sqlState.startsWith('22') || sqlState.startsWith('23')
}

type StationRow = {
  readonly current_epoch: string | null
  readonly generation: number
  readonly epoch_no: string
}

const stationSql = `SELECT current_epoch, generation,
    (SELECT count(*) FROM station_epoch e WHERE e.station_no = no AND e.opened_at_ms <=
      (SELECT opened_at_ms FROM station_epoch WHERE station_no = no AND epoch = $2)) AS epoch_no
  FROM station WHERE no = $1 FOR SHARE OF station`

const headSql = `SELECT seq, chain FROM station_head
  WHERE station_no = $1 AND epoch = $2 AND stream = $3 FOR UPDATE`

async function openTx(client: PoolClient, key: StreamKey): Promise<StreamTx> {
  const { stationNo, epoch, stream } = key
  const [station, held] = await sendTogether(client, [
    { name: 'uplink station', text: stationSql, values: [stationNo, epoch] },
    { name: 'uplink head', text: headSql, values: [stationNo, epoch, stream] },
  ])
  const row = station?.rows[0] as StationRow | undefined
  const epochNo = Number(row?.epoch_no ?? 0)
  const headRow = held?.rows[0] as HeadRow | undefined
  const head = headRow === undefined ? { seq: 0, chain: '' } : headOf(headRow)
  return {
    currentEpoch: row?.current_epoch ?? null,
    generation: row?.generation ?? 0,
    head,
    hashes: (range) => readHashes(client, key, range),
    verdicts: (range) => readVerdicts(client, key, range),
    entities: (refs) => loadEntities(client, key, refs),
    load: (names, entities) => loadKnown(client, { key, names, entities, epochNo }),
    write: (batch) => writeBatch(client, { key, epochNo }, batch),
    deferred: (ask) => readDeferred(client, key, ask),
    rewrite: (ops) => rewriteOps(client, { key, epochNo }, ops),
  }
}

type HashRange = SeqRange & { readonly endsOnly: boolean }

async function readHashes(client: PoolClient, key: StreamKey, range: HashRange) {
  const { stationNo, epoch, stream } = key
  const { from, to, endsOnly } = range
  const place = endsOnly ? 'seq IN ($4, $5)' : 'seq BETWEEN $4 AND $5'
  const { rows } = await client.query<{ seq: string; hash: Buffer }>(
    `SELECT seq, hash FROM station_op
     WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND ${place}`,
    [stationNo, epoch, stream, from, to],
  )
  const hashes = new Map(rows.map((row) => [Number(row.seq), row.hash.toString('hex')]))
  if (from <= 0) hashes.set(0, chainStart(stationNo, epoch, stream))
  return hashes
}

async function readVerdicts(client: PoolClient, key: StreamKey, { from, to }: SeqRange) {
  const { stationNo, epoch, stream } = key
  const { rows } = await client.query<{ seq: string; verdict: string; code: string | null }>(
    `SELECT seq, verdict, code FROM station_op WHERE station_no = $1 AND epoch = $2 AND stream = $3
       AND seq BETWEEN $4 AND $5 AND verdict <> 'applied' ORDER BY seq`,
    [stationNo, epoch, stream, from, to],
  )
  return rows.map(({ seq, verdict, code }) => ({
    seq: Number(seq),
    verdict,
    code: code ?? verdict,
  }))
}
