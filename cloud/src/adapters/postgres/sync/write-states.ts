import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { Statement } from '../send-together.ts'
import type { Place } from './write-records.ts'

/** The newest value of each key in the batch; one that came out of order never goes back. */
export function writeStates(
  { key, recvAtMs, epochNo }: Place,
  records: readonly RecordEffect[],
): readonly Statement[] {
  const newest = new Map<string, object>()
  for (const effect of records) {
    if (effect.fact !== 'state.set') continue
    const { body, seq, atMs } = effect
    newest.set(body.key, { ...body, seq, at_ms: atMs })
  }
  if (newest.size === 0) return []
  return [
    {
      name: 'uplink states',
      text: `INSERT INTO station_state AS s (station_no, key, value, epoch_no, seq, at_ms, recv_at_ms)
       SELECT $1, key, value, $2, seq, at_ms, $3
       FROM json_to_recordset($4::json) AS r (key text, value jsonb, seq bigint, at_ms bigint)
       ON CONFLICT (station_no, key) DO UPDATE SET value = excluded.value,
         epoch_no = excluded.epoch_no, seq = excluded.seq, at_ms = excluded.at_ms,
         recv_at_ms = excluded.recv_at_ms
       WHERE (s.epoch_no, s.seq) < (excluded.epoch_no, excluded.seq)`,
      values: [key.stationNo, epochNo, recvAtMs, JSON.stringify([...newest.values()])],
    },
  ]
}
