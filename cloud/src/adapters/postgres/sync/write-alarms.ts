import type { RecordEffect } from '../../../domain/sync/op-effects.ts'
import type { Statement } from '../send-together.ts'
import type { Place } from './write-records.ts'

type AlarmEffect = Extract<RecordEffect, { fact: 'alarm.raised' | 'alarm.cleared' }>

/** What a batch leaves an alarm at. */
type LastWord = {
  readonly source: string
  readonly code: string
  readonly subject: string
  readonly raised: boolean
  readonly detail: string
  /** First raised in this batch, after it was last cleared there; of a cleared one, when that was. */
  readonly since: number
  /** The batch cleared it before: it has not been open since an earlier one. */
  readonly anew: boolean
  readonly at_ms: number
  readonly seq: number
}

/** The last word about each alarm of the batch; one that came out of order never goes back. */
export function writeAlarms(
  { key, epochNo }: Place,
  records: readonly RecordEffect[],
): readonly Statement[] {
  const words = lastWords(records)
  if (words.length === 0) return []
  return [
    { name: 'uplink alarms', text: sql, values: [key.stationNo, epochNo, JSON.stringify(words)] },
  ]
}

/** In the order of the primary key: two who write the same rows meet at the same one. */
const sql = `INSERT INTO station_alarm AS s (station_no, source, code, subject, raised, detail,
    since_ms, at_ms, epoch_no, seq)
  SELECT $1, r.source, r.code, r.subject, r.raised, r.detail,
    CASE WHEN r.anew THEN r.since ELSE coalesce(open.since_ms, r.since) END, r.at_ms, $2, r.seq
  FROM json_to_recordset($3::json) AS r (source text, code text, subject text, raised boolean,
    detail text, since bigint, anew boolean, at_ms bigint, seq bigint)
  LEFT JOIN station_alarm AS open ON open.station_no = $1 AND open.source = r.source
    AND open.code = r.code AND open.subject = r.subject AND open.raised
  ORDER BY r.source, r.code, r.subject
  ON CONFLICT (station_no, source, code, subject) DO UPDATE SET raised = excluded.raised,
    detail = excluded.detail, since_ms = excluded.since_ms, at_ms = excluded.at_ms,
    epoch_no = excluded.epoch_no, seq = excluded.seq
  WHERE (s.epoch_no, s.seq) < (excluded.epoch_no, excluded.seq)`

function lastWords(records: readonly RecordEffect[]): readonly LastWord[] {
  const words = new Map<string, LastWord>()
  for (const effect of records) {
    if (effect.fact !== 'alarm.raised' && effect.fact !== 'alarm.cleared') continue
    const { source, code, subject } = effect.body
    const name = JSON.stringify([source, code, subject])
    words.set(name, nextWord(words.get(name), effect))
  }
  return [...words.values()]
}

function nextWord(before: LastWord | undefined, effect: AlarmEffect): LastWord {
  const { fact, body, seq, atMs } = effect
  const { source, code, subject } = body
  const named = { source, code, subject, at_ms: atMs, seq }
  if (fact === 'alarm.cleared') {
    return { ...named, raised: false, detail: '', since: atMs, anew: true }
  }
  const open = before?.raised === true
  return {
    ...named,
    raised: true,
    detail: body.detail,
    since: open ? before.since : atMs,
    anew: before?.anew ?? false,
  }
}
