import type { Pool } from 'pg'
import type { DeadLetterAsk, DeadLetterRow, SyncDesk } from '../../../ports/sync-desk.ts'

/** Alarms a list shows; a station keeps at most five hundred open. */
const alarmsMax = 500
const statesMax = 1_000

export function syncDeskOf(pool: Pool): SyncDesk {
  return {
    deadLetters: (stationNo, ask) => readLetters(pool, stationNo, ask),
    async resolve(stationNo, { epoch, stream, seq }, { by, note, atMs }) {
      const { rowCount } = await pool.query(
        `UPDATE dead_letter SET resolved_by = $5, resolved_at_ms = $6, note = $7
         WHERE station_no = $1 AND epoch = $2 AND stream = $3 AND seq = $4
           AND resolved_at_ms IS NULL`,
        [stationNo, epoch, stream, seq, by, atMs, note],
      )
      return rowCount === 1
    },
    async openAlarms(stationNo) {
      const { rows } = await pool.query<AlarmSql>(
        `SELECT source, code, subject, detail, at_ms FROM station_alarm
         WHERE station_no = $1 AND raised ORDER BY at_ms DESC LIMIT $2`,
        [stationNo, alarmsMax],
      )
      return rows.map(({ at_ms: at, ...alarm }) => ({ ...alarm, atMs: Number(at) }))
    },
    async state(stationNo) {
      const { rows } = await pool.query<StateSql>(
        'SELECT key, value, at_ms FROM station_state WHERE station_no = $1 ORDER BY key LIMIT $2',
        [stationNo, statesMax],
      )
      return rows.map(({ key, value, at_ms: at }) => ({ key, value, atMs: Number(at) }))
    },
  }
}

type AlarmSql = {
  readonly source: string
  readonly code: string
  readonly subject: string
  readonly detail: string
  readonly at_ms: string
}

type StateSql = {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>> | null
  readonly at_ms: string
}

type LetterSql = Pick<DeadLetterRow, 'epoch' | 'stream' | 'kind' | 'verdict' | 'code' | 'note'> & {
  readonly seq: string
  readonly at_ms: string
  readonly resolved_at_ms: string | null
  readonly raw: Buffer | null
}

async function readLetters(
  pool: Pool,
  stationNo: number,
  { open, limit, after }: DeadLetterAsk,
): Promise<readonly DeadLetterRow[]> {
  const { rows } = await pool.query<LetterSql>(
    `SELECT d.epoch, d.stream, d.seq, o.kind, d.verdict, d.code, d.at_ms, d.resolved_at_ms, d.note,
       o.raw
     FROM dead_letter d JOIN station_op o USING (station_no, epoch, stream, seq)
     WHERE d.station_no = $1 AND (NOT $2 OR d.resolved_at_ms IS NULL)
       AND ($3::bigint IS NULL
         OR (-d.at_ms, d.epoch, d.stream, d.seq) > (-$3::bigint, $4::text, $5::text, $6::bigint))
     ORDER BY d.at_ms DESC, d.epoch, d.stream, d.seq LIMIT $7`,
    [
      stationNo,
      open,
      after?.atMs ?? null,
      after?.epoch ?? null,
      after?.stream ?? null,
      after?.seq ?? null,
      limit,
    ],
  )
  return rows.map(({ seq, at_ms: at, resolved_at_ms: resolved, raw, ...letter }) => ({
    ...letter,
    seq: Number(seq),
    atMs: Number(at),
    resolvedAtMs: resolved === null ? null : Number(resolved),
    line: raw === null ? null : raw.toString('utf8'),
  }))
}
