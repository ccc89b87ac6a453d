import { createHash } from 'node:crypto'
import {
  addSums,
  bucketCount,
  digestOfDay,
  emptyBucket,
  hexOfSum,
  type Bucket,
  type DayBuckets,
} from '@baari/shared/domain/sync/digest'
import type { HashText } from '@baari/shared/domain/sync/digest-rows'
import type { Pool, PoolClient } from 'pg'
import type { LedgerHead, StationDigests, StationSet } from '../../../ports/station-digests.ts'
import { inTransaction } from '../pool.ts'
import { mendRows } from './mend-rows.ts'

const sha256Text: HashText = (text) => createHash('sha256').update(text, 'utf8').digest()

export function stationDigests(pool: Pool): StationDigests {
  return {
    async days({ stationNo, set, from, to, recount }) {
      if (recount) await countAnew(pool, { stationNo, set, from, to })
      return inSnapshot(pool, async (client) => {
        const days = await readBuckets(client, { stationNo, set, from, to })
        const digests = [...days].map(([day, kept]) => digestOfDay(day, kept, sha256Text))
        return { days: digests, head: await readHead(client, stationNo) }
      })
    },
    async buckets({ stationNo, set, day }) {
      const span = { stationNo, set, from: day, to: day }
      const kept = await inSnapshot(pool, (client) => readBuckets(client, span))
      const ofDay = kept.get(day)
      return Array.from({ length: bucketCount }, (_, at) => {
        const { n, sum } = ofDay?.get(at) ?? emptyBucket
        return { n, sum: hexOfSum(sum) }
      })
    },
    async keys({ stationNo, set, day, bucket }) {
      const { rows } = await pool.query<{ key: string; hash: Buffer }>(
        `SELECT key, hash FROM digest_rows($1, $2, $3) WHERE digest_bucket(key) = $4 ORDER BY key`,
        [stationNo, set, day, bucket],
      )
      return rows.map(({ key, hash }) => ({ key, hash: hash.toString('hex') }))
    },
    mend: (of, lines) => mendRows(pool, of, lines),
  }
}

type Span = StationSet & { readonly from: number; readonly to: number }

/** A day at a time: each is a short transaction of its own. */
async function countAnew(pool: Pool, { stationNo, set, from, to }: Span): Promise<void> {
  for (let day = from; day <= to; day += 1) {
    await inTransaction(pool, (client) =>
      client.query('SELECT digest_recount($1, $2, $3)', [stationNo, set, day]),
    )
  }
  await inTransaction(pool, (client) => client.query('SELECT digest_fold($1)', [stationNo]))
}

/** Buckets, deltas and head as they were in one moment. */
function inSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    return work(client)
  })
}

type BucketRow = { readonly day: number; readonly bucket: number; readonly n: string } & {
  readonly limbs: readonly string[]
}

async function readBuckets(
  client: PoolClient,
  { stationNo, set, from, to }: Span,
): Promise<ReadonlyMap<number, DayBuckets>> {
  const { rows } = await client.query<BucketRow>(
    `SELECT day, bucket, sum(n) AS n, ARRAY[sum(s0), sum(s1), sum(s2), sum(s3), sum(s4), sum(s5),
       sum(s6), sum(s7)]::text[] AS limbs
     FROM (SELECT * FROM day_bucket UNION ALL SELECT * FROM digest_delta) AS kept
     WHERE station_no = $1 AND set_name = $2 AND day BETWEEN $3 AND $4
     GROUP BY day, bucket ORDER BY day, bucket`,
    [stationNo, set, from, to],
  )
  const days = new Map<number, Map<number, Bucket>>()
  for (const { day, bucket, n, limbs } of rows) {
    const ofDay = days.get(day) ?? new Map<number, Bucket>()
    days.set(day, ofDay.set(bucket, { n: Number(n), sum: sumOfLimbs(limbs) }))
  }
  return days
}

/** Eight sums of 32-bit digits, the first the highest, become one sum modulo 2^256. */
function sumOfLimbs(limbs: readonly string[]): Uint8Array {
  const whole = limbs.reduce((sum, limb) => (sum << 32n) + BigInt(limb), 0n)
  const hex = BigInt.asUintN(256, whole).toString(16).padStart(64, '0')
  return addSums(emptyBucket.sum, Buffer.from(hex, 'hex'))
}

async function readHead(client: PoolClient, stationNo: number): Promise<LedgerHead> {
  const { rows } = await client.query<{ epoch: string; seq: string }>(
    `SELECT h.epoch, h.seq FROM station s
     JOIN station_head h ON h.station_no = s.no AND h.epoch = s.current_epoch
     WHERE s.no = $1 AND h.stream = 'ledger'`,
    [stationNo],
  )
  const row = rows[0]
  return row === undefined ? null : { epoch: row.epoch, seq: Number(row.seq) }
}
