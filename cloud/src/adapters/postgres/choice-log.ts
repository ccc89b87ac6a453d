import type { MadeChoice } from '@baari/shared/domain/recommend/slots/fit-ranker'
import type { LoggedPlace } from '@baari/shared/domain/recommend/slots/logged-policy'
import { instant, minutes } from '@baari/shared/units/time'
import type { Pool } from 'pg'
import type { ChoiceLog, ShownOption, Showing } from '../../ports/slot-recommendation.ts'
import { readFeatures } from './ranker-json.ts'

/** A driver who has not booked by then has not chosen. */
const choosesWithin = minutes(30)
/** A sale that was begun in time may be a moment in committing. */
const slack = minutes(1)

export function choiceLogOf(pool: Pool): ChoiceLog {
  return {
    put: (showing, mostAnHour) => putShowing(pool, showing, mostAnHour),
    async lookers(station, since, limit) {
      const { rows } = await pool.query<LookerRow>(lookersSql, [station, since, limit])
      return rows.map(({ driver_id, window_start_ms, chance }) => ({
        ...{ driver: driver_id, station, chance },
        start: instant(Number(window_start_ms)),
      }))
    },
    async join(now, limit) {
      const done = await pool.query(joinSql, [now, choosesWithin, slack, limit])
      return done.rowCount ?? 0
    },
    async made(since, limit) {
      const { rows } = await pool.query<MadeRow>(madeSql, [since, limit])
      return rows.flatMap(choiceOf)
    },
    async drawn(since, limit) {
      const { rows } = await pool.query<LoggedPlace>(drawnSql, [since, limit])
      return rows
    },
    async dropBefore(before) {
      await pool.query('DELETE FROM choice_shown WHERE shown_at_ms < $1', [before])
    },
  }
}

/** One statement: of two hundred who are refused at once each writes one. */
const putSql = `
WITH shown AS (
  INSERT INTO choice_shown (id, driver_id, kind, station_no, vehicle_class, ranker_version, seed,
    shown_at_ms)
  SELECT $1::uuid, $2::uuid, $3::text, $4::int, $5::text, $6::int, $7::bigint, $8::bigint
  WHERE (SELECT count(*) FROM choice_shown
    WHERE driver_id = $2 AND shown_at_ms > $8 - 3600000) < $9::int
  RETURNING id)
INSERT INTO choice_option (shown_id, place, station_no, window_start_ms, propensity, explored, chance,
  features)
SELECT shown.id, option.* FROM shown, unnest($10::int[], $11::int[], $12::bigint[], $13::real[],
  $14::boolean[], $15::real[], $16::jsonb[]) AS option`

async function putShowing(pool: Pool, showing: Showing, mostAnHour: number): Promise<void> {
  const { id, driver, kind, station, vehicleClass, rankerVersion, seed, at, options } = showing
  const column = (of: (option: ShownOption) => unknown): unknown[] => options.map(of)
  await pool.query({
    name: 'put showing',
    text: putSql,
    values: [
      ...[id, driver, kind, station, vehicleClass, rankerVersion, seed, at, mostAnHour],
      ...[column(({ place }) => place), column((one) => one.station)],
      ...[column(({ start }) => start), column(({ propensity }) => propensity)],
      ...[column(({ explored }) => explored), column(({ chance }) => chance)],
      column(({ features }) => JSON.stringify(features)),
    ],
  })
}

type LookerRow = {
  readonly driver_id: string
  readonly window_start_ms: string
  readonly chance: number
}

/** The last showing of each driver, while nothing has come of it. */
const lookersSql = `
SELECT s.driver_id, o.window_start_ms, o.chance FROM (
  SELECT DISTINCT ON (driver_id) id, driver_id, shown_at_ms FROM choice_shown
  WHERE shown_at_ms > $2 ORDER BY driver_id, shown_at_ms DESC) AS s
JOIN choice_option AS o ON o.shown_id = s.id AND o.station_no = $1
WHERE NOT EXISTS (SELECT FROM choice_made AS m WHERE m.shown_id = s.id)
  AND NOT EXISTS (SELECT FROM booking AS b
    WHERE b.driver_id = s.driver_id AND b.created_at_ms >= s.shown_at_ms)
ORDER BY s.shown_at_ms DESC LIMIT $3`

/**
 * A showing ends with the first booking from the page before the driver's next showing, within half an
 * hour, or with none. Only the last two days are looked at, as the job runs every few seconds and the
 * log is half a year long: a cloud that was away for longer has shown nothing meanwhile.
 */
const joinSql = `
INSERT INTO choice_made (shown_id, booking_id, place, joined_at_ms)
SELECT s.id, b.id, o.place, $1::bigint FROM choice_shown AS s
CROSS JOIN LATERAL (SELECT least(s.shown_at_ms + $2, (
  SELECT min(n.shown_at_ms) FROM choice_shown AS n
  WHERE n.driver_id = s.driver_id AND n.shown_at_ms > s.shown_at_ms)) AS until_ms) AS t
LEFT JOIN LATERAL (
  SELECT id, station_no, window_start_ms FROM booking
  WHERE driver_id = s.driver_id AND channel = 'app' AND state <> 'waitlisted'
    AND created_at_ms >= s.shown_at_ms AND created_at_ms <= t.until_ms
  ORDER BY created_at_ms LIMIT 1) AS b ON true
LEFT JOIN choice_option AS o ON o.shown_id = s.id
  AND o.station_no = b.station_no AND o.window_start_ms = b.window_start_ms
WHERE s.shown_at_ms > $1 - 172800000
  AND NOT EXISTS (SELECT FROM choice_made AS m WHERE m.shown_id = s.id)
  AND (b.id IS NOT NULL OR t.until_ms + $3 < $1)
ORDER BY s.shown_at_ms LIMIT $4
ON CONFLICT (shown_id) DO NOTHING`

type MadeRow = {
  readonly driver_id: string
  readonly place: number
  readonly stars: number | null
  readonly options: readonly { readonly place: number; readonly features: unknown }[]
}

const madeSql = `
SELECT s.driver_id, m.place,
  (SELECT max(f.stars) FROM fill_feedback AS f WHERE f.booking_id = m.booking_id) AS stars,
  (SELECT jsonb_agg(jsonb_build_object('place', o.place, 'features', o.features) ORDER BY o.place)
   FROM choice_option AS o WHERE o.shown_id = s.id) AS options
FROM choice_made AS m JOIN choice_shown AS s ON s.id = m.shown_id
WHERE m.place IS NOT NULL AND s.shown_at_ms >= $1
ORDER BY s.shown_at_ms DESC LIMIT $2`

/** The last place of the station asked about is the one that is drawn. */
const drawnSql = `
SELECT s.driver_id AS driver, o.propensity, o.explored, m.place IS NOT DISTINCT FROM o.place AS taken
FROM choice_made AS m JOIN choice_shown AS s ON s.id = m.shown_id
JOIN LATERAL (
  SELECT place, propensity, explored FROM choice_option
  WHERE shown_id = s.id AND station_no = s.station_no ORDER BY place DESC LIMIT 1) AS o ON true
WHERE s.shown_at_ms >= $1 ORDER BY s.shown_at_ms DESC, s.id LIMIT $2`

/** A choice whose features are not those of today's code teaches nothing. */
function choiceOf({ driver_id, place, stars, options }: MadeRow): readonly MadeChoice[] {
  const read = options.map(({ features }) => readFeatures(features))
  const chosen = options.findIndex((option) => option.place === place)
  const known = read.filter((one) => one !== undefined)
  if (known.length < read.length || known.length < 2 || chosen < 0) return []
  return [{ driver: driver_id, options: known, chosen, stars: stars ?? undefined }]
}
