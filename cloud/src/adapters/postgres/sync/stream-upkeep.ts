import { before, hours, type Instant } from '@baari/shared/units/time'
import type { Pool } from 'pg'

/** Raw text of a failed scan is personal data (sync.md 4.2). */
const scanTextDays = 30
/** A station that lost the answer to a segment asks within its next session. */
const telemetryOpDays = 2
/** Numbers behind the head that stay, for a batch that repeats the newest ones. */
const telemetryOpsKept = 2_000
const readingMonths = 6
const rowsPerRun = 20_000

const days = (n: number) => hours(24 * n)

/** What the streams leave behind and must not stay; bounded, so that a run never holds a batch up. */
export async function keepStreams(pool: Pool, now: Instant): Promise<void> {
  await openMonths(pool, now)
  await dropMonths(pool, now)
  await eraseScanTexts(pool, before(now, days(scanTextDays)))
  await pruneTelemetryOps(pool, before(now, days(telemetryOpDays)))
}

/** Both copies of the text go, the row's and the op's; verdict, lane and hash stay. */
export async function eraseScanTexts(pool: Pool, scannedBefore: Instant): Promise<void> {
  await pool.query(
    `UPDATE failed_scan SET raw_base64 = NULL WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM failed_scan WHERE raw_base64 IS NOT NULL AND at_ms < $1 LIMIT $2))`,
    [scannedBefore, rowsPerRun],
  )
  await pool.query(
    `UPDATE station_op SET raw = NULL WHERE (station_no, epoch, stream, seq) IN (
       SELECT station_no, epoch, stream, seq FROM station_op
       WHERE kind = 'scan.failed' AND raw IS NOT NULL AND event_at_ms < $1 LIMIT $2)`,
    [scannedBefore, rowsPerRun],
  )
}

async function pruneTelemetryOps(pool: Pool, receivedBefore: Instant): Promise<void> {
  await pool.query(
    `DELETE FROM station_op WHERE (station_no, epoch, stream, seq) IN (
       SELECT o.station_no, o.epoch, o.stream, o.seq
       FROM station_op o JOIN station_head h USING (station_no, epoch, stream)
       WHERE o.stream = 'telemetry' AND o.recv_at_ms < $1 AND o.verdict = 'applied'
         AND o.seq < h.seq - $2 LIMIT $3)`,
    [receivedBefore, telemetryOpsKept, rowsPerRun],
  )
}

type Month = { readonly name: string; readonly from: number; readonly to: number }

/** Months are of UTC: a partition needs an end that no law moves. */
function monthAt(now: Instant, offset: number): Month {
  const at = new Date(now)
  const start = (more: number): Date =>
    new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + offset + more, 1))
  const first = start(0)
  const number = `${first.getUTCFullYear()}${String(first.getUTCMonth() + 1).padStart(2, '0')}`
  return { name: `telemetry_reading_${number}`, from: first.getTime(), to: start(1).getTime() }
}

/** Readings of a station that was away for weeks have their months, too. */
async function openMonths(pool: Pool, now: Instant): Promise<void> {
  for (const offset of [-2, -1, 0, 1]) {
    const { name, from, to } = monthAt(now, offset)
    const { rows } = await pool.query<{ there: boolean }>(
      'SELECT to_regclass($1) IS NOT NULL AS there',
      [name],
    )
    if (rows[0]?.there === true) continue
    await pool.query(
      `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF telemetry_reading
       FOR VALUES FROM (${from}) TO (${to})`,
    )
  }
}

async function dropMonths(pool: Pool, now: Instant): Promise<void> {
  const oldest = monthAt(now, -readingMonths)
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'telemetry_reading'::regclass AND c.relname ~ '_[0-9]{6}$'
       AND c.relname < $1`,
    [oldest.name],
  )
  for (const { name } of rows) await pool.query(`DROP TABLE ${name}`)
  await pool.query(
    `DELETE FROM telemetry_reading_other WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM telemetry_reading_other WHERE at_ms < $1 LIMIT $2))`,
    [oldest.from, rowsPerRun],
  )
}
