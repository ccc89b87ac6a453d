import type { Clock } from '@baari/shared/runtime/clock'
import { syncStations } from '@baari/shared/contracts/http/sync-api'
import type { Pool } from 'pg'
import type { LinkDesk } from '../../../ports/link-desk.ts'
import { openConflicts } from './open-conflicts.ts'

export function linkDesk(pool: Pool, clock: Pick<Clock, 'now'>): LinkDesk {
  return {
    async stations() {
      const { rows } = await pool.query<{ link: unknown }>(stationsSql)
      return syncStations.parse({ nowMs: clock.now(), stations: rows.map(({ link }) => link) })
    },
    conflicts: ({ station }) => openConflicts(pool, station),
    async resolve({ id, note, by }) {
      const [kind = '', ...place] = id.split('/')
      const sql = resolutions[kind]
      if (sql === undefined || place.length !== sql.parts || !place.every(isPlain)) return false
      const done = await pool.query(sql.text, [note, by, clock.now(), ...place])
      return done.rowCount === 1
    },
    async heard(stations) {
      await pool.query({
        name: 'link heard',
        text: `INSERT INTO station_link (station_no, heard_at_ms, unsent_ops, oldest_unsent_ms)
         SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[])
         ON CONFLICT (station_no) DO UPDATE SET heard_at_ms = excluded.heard_at_ms,
           unsent_ops = excluded.unsent_ops, oldest_unsent_ms = excluded.oldest_unsent_ms`,
        values: [
          stations.map(({ stationNo }) => stationNo),
          stations.map(({ heardAtMs }) => heardAtMs),
          stations.map(({ unsentOps }) => unsentOps),
          stations.map(({ oldestUnsentMs }) => oldestUnsentMs),
        ],
      })
    },
  }
}

/** Numbers, hex and stream names: what an id of ours is made of. */
function isPlain(part: string): boolean {
  return /^[0-9a-z]{1,64}$/.test(part)
}

type ResolutionSql = { readonly parts: number; readonly text: string }

const resolutions: Readonly<Record<string, ResolutionSql>> = {
  exception: {
    parts: 1,
    text: `UPDATE exception SET resolution = $1, resolved_by = $2, resolved_at_ms = $3
      WHERE id::text = $4 AND resolved_at_ms IS NULL`,
  },
  letter: {
    parts: 4,
    text: `UPDATE dead_letter SET note = $1, resolved_by = $2, resolved_at_ms = $3
      WHERE station_no::text = $4 AND epoch = $5 AND stream = $6 AND seq::text = $7
        AND resolved_at_ms IS NULL`,
  },
}

/**
 * One row a station. A shift's sales are those whose ops stand between its opening and its closing
 * op, so that no clock decides which shift a fill belongs to.
 */
const stationsSql = `
SELECT jsonb_build_object(
  'station', s.no, 'name', s.name, 'epoch', s.current_epoch,
  'heardAtMs', l.heard_at_ms, 'unsentOps', l.unsent_ops, 'oldestUnsentMs', l.oldest_unsent_ms,
  'heads', coalesce((SELECT jsonb_agg(jsonb_build_object('stream', h.stream, 'seq', h.seq,
      'chain', h.chain) ORDER BY h.stream) FROM station_head h
    WHERE h.station_no = s.no AND h.epoch = s.current_epoch), '[]'),
  'lastProof', (SELECT jsonb_build_object('atMs', p.at_ms, 'outcome', p.outcome, 'rows', p.rows,
      'found', p.found) FROM station_proof p WHERE p.station_no = s.no
    ORDER BY p.at_ms DESC LIMIT 1),
  'lastDay', (SELECT jsonb_build_object('day', d.day, 'differences', d.differences)
    FROM station_day d WHERE d.station_no = s.no ORDER BY d.day DESC, d.at_ms DESC LIMIT 1),
  'lastShift', (SELECT jsonb_build_object('closedAtMs', t.closed_at_ms,
      'station', jsonb_build_object('fills', t.fills, 'grams', t.grams, 'amountPaise', t.amount_paise),
      'cloud', sums.cloud, 'totalisers', sums.totalisers)
    FROM (SELECT * FROM station_shift t WHERE t.station_no = s.no AND t.closed_at_ms IS NOT NULL
      ORDER BY t.closed_at_ms DESC LIMIT 1) AS t, LATERAL shift_sums(s.no, t.shift_id) AS sums),
  'openConflicts', (SELECT count(*) FROM exception e
    WHERE e.station_no = s.no AND e.resolved_at_ms IS NULL),
  'openDeadLetters', (SELECT count(*) FROM dead_letter d
    WHERE d.station_no = s.no AND d.resolved_at_ms IS NULL)) AS link
FROM station s LEFT JOIN station_link l ON l.station_no = s.no
ORDER BY s.no LIMIT 1000`
