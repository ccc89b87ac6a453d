/**
 * Digests of what stations and cloud both hold (sync.md section 7.2). The hash of a row is that of
 * `shared/src/domain/sync/digest-rows`; a sum modulo 2^256 is kept as eight columns of 32 bits, each
 * summed for itself and carried when it is read, so that PostgreSQL adds plain integers.
 *
 * Writers only append to `digest_delta`, in the transaction that changes the row: two sales of one
 * station never wait for a bucket. `digest_fold` adds the deltas up under the station's lock.
 */
export const limbs = [0, 1, 2, 3, 4, 5, 6, 7]
export const limbColumns = limbs.map((no) => `s${no}`).join(', ')
const limbOf = (hash: string, no: number): string =>
  `('x' || substr(${hash}, ${8 * no + 1}, 8))::bit(32)::bigint`
const sums = limbs.map((no) => `sum(sign * ${limbOf('hex', no)})::bigint AS s${no}`).join(', ')
export const limbsChanged = limbs.map((no) => `s${no} <> 0`).join(' OR ')

export type DigestSource = {
  readonly name: string
  readonly table: string
  readonly sets: readonly {
    readonly set: string
    readonly hash: string
    readonly key: string
    readonly day: string
    readonly where: string
  }[]
}

export const digestSources: readonly DigestSource[] = [
  {
    name: 'booking',
    table: 'booking',
    sets: [
      {
        set: 'bookings',
        hash: 'digest_booking(r)',
        key: 'r.id',
        day: 'digest_day_of_ms(r.window_start_ms)',
        where: 'true',
      },
    ],
  },
  {
    name: 'sale',
    table: 'sale',
    sets: [
      set('fills', 'digest_sold_fill(r)', 'r.fill_id'),
      set('sales', 'digest_sale(r)', 'r.fill_id'),
    ],
  },
  {
    name: 'fill_fact',
    table: 'fill_fact',
    sets: [
      { ...set('fills', 'digest_fill_fact(r)', 'r.fill_id'), where: `r.kind <> 'authorised'` },
    ],
  },
  {
    name: 'payment',
    table: 'payment_collected',
    sets: [set('payments', 'digest_payment(r)', 'r.fill_id')],
  },
]

function set(name: string, hash: string, key: string) {
  return { set: name, hash, key, day: `digest_day_of_id(${key})`, where: 'true' }
}

/** One statement's rows, grouped; an update that touches no column of the digest adds nothing. */
function noteSql({ sets }: DigestSource, sides: readonly ('new' | 'old')[]): string {
  return sets
    .map(({ set: name, hash, key, day, where }) => {
      const rows = sides
        .map(
          (side) => `SELECT ${side === 'new' ? 1 : -1} AS sign, r.station_no, ${day} AS day,
        digest_bucket(${key}) AS bucket, encode(${hash}, 'hex') AS hex
      FROM ${side}_rows r WHERE ${where}`,
        )
        .join(' UNION ALL ')
      return `INSERT INTO digest_delta (station_no, set_name, day, bucket, n, ${limbColumns})
    SELECT * FROM (SELECT station_no, '${name}' AS set_name, day, bucket, sum(sign)::int AS n, ${sums}
      FROM (${rows}) AS told GROUP BY station_no, day, bucket) AS d
    WHERE n <> 0 OR ${limbsChanged};`
    })
    .join('\n  ')
}

function triggersSql(source: DigestSource): string {
  const { name, table } = source
  return `
CREATE FUNCTION digest_note_${name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
  ${noteSql(source, ['new'])}
  ELSIF TG_OP = 'DELETE' THEN
  ${noteSql(source, ['old'])}
  ELSE
  ${noteSql(source, ['old', 'new'])}
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER digest_insert AFTER INSERT ON ${table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION digest_note_${name}();
CREATE TRIGGER digest_delete AFTER DELETE ON ${table} REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION digest_note_${name}();
CREATE TRIGGER digest_update AFTER UPDATE ON ${table}
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION digest_note_${name}();`
}

/**
 * The canonical text in SQL; names and order are those of `digestColumns`. Written out column by
 * column: a function of its own for a column is not inlined and cost most of the time.
 */
function canonical(setName: string, key: string, fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(([name, sql]) => {
    const text = `(${sql})::text`
    return `coalesce('${name}:' || char_length(${text}) || ':' || ${text}, '${name}:-')`
  })
  const lines = [`'baari-digest/1|${setName}|' || ${key}`, ...parts].join(` || E'\\n' || `)
  return `sha256(convert_to(${lines} || E'\\n', 'UTF8'))`
}

const same = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `r.${name}`]))

const booking = {
  ...same('blocked_reason', 'code', 'expires_ms', 'grams', 'lanes', 'max_entries', 'max_uses'),
  ...same('nozzle', 'paid_paise', 'payment_mode', 'plate', 'retest_day', 'rev', 'state'),
  under_review: 'r.under_review::int',
  ...same('vehicle_class', 'window_start_ms'),
}

const fill = (end: string) => ({
  end,
  grams: 'r.grams',
  position: 'r.position_no',
  ...same('totaliser_after_grams', 'totaliser_before_grams'),
})

const sale = {
  amount_paise: 'r.amount_paise',
  booking: 'r.booking_id',
  price_paise_per_kg: 'r.price_paise_per_kg',
  recovered: `(r.flag = 'recovered')::int`,
  ticket: 'r.ticket_id',
}

const payment = { amount_paise: 'r.amount_paise', by: 'r.by_attendant', method: 'r.method' }

const hashFunctions = [
  ['digest_booking', 'booking', canonical('bookings', 'r.id', booking)],
  ['digest_sold_fill', 'sale', canonical('fills', 'r.fill_id', fill(`'settled'`))],
  ['digest_sale', 'sale', canonical('sales', 'r.fill_id', sale)],
  ['digest_fill_fact', 'fill_fact', canonical('fills', 'r.fill_id', fill('r.kind'))],
  ['digest_payment', 'payment_collected', canonical('payments', 'r.fill_id', payment)],
]

/** Rows of one station, set and day with their hashes; both ends of a day are found by an index. */
function rowsSql({ table, sets }: DigestSource): string {
  return sets
    .map(({ set: name, hash, key, where }) => {
      const span =
        name === 'bookings'
          ? `r.window_start_ms >= on_day * 86400000::bigint - 19800000
        AND r.window_start_ms < (on_day + 1) * 86400000::bigint - 19800000`
          : `${key} BETWEEN digest_first_id(on_day) AND digest_last_id(on_day)`
      return `SELECT ${key} AS key, ${hash} AS hash FROM ${table} r
    WHERE of_set = '${name}' AND r.station_no = station AND ${where} AND ${span}`
    })
    .join('\n  UNION ALL ')
}

export const digestTables = /* sql */ `
CREATE TABLE day_bucket (
  station_no int NOT NULL REFERENCES station,
  set_name text NOT NULL,
  day int NOT NULL,
  bucket int NOT NULL CHECK (bucket BETWEEN 0 AND 255),
  n int NOT NULL,
  ${limbs.map((no) => `s${no} bigint NOT NULL`).join(', ')},
  PRIMARY KEY (station_no, set_name, day, bucket)
) WITH (fillfactor = 70);

CREATE TABLE digest_delta (
  station_no int NOT NULL,
  set_name text NOT NULL,
  day int NOT NULL,
  bucket int NOT NULL,
  n int NOT NULL,
  ${limbs.map((no) => `s${no} bigint NOT NULL`).join(', ')}
);
CREATE INDEX digest_delta_of_day ON digest_delta (station_no, set_name, day);

-- Rows of a day are found by the time inside their ids.
CREATE INDEX sale_by_fill ON sale (station_no, fill_id);
CREATE INDEX fill_fact_ended ON fill_fact (station_no, fill_id) WHERE kind <> 'authorised';
CREATE INDEX payment_by_fill ON payment_collected (station_no, fill_id);

-- What a station said of its own comparison with us.
CREATE TABLE station_proof (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('equal', 'repaired', 'differs')),
  from_day int NOT NULL,
  to_day int NOT NULL,
  rows int NOT NULL,
  drifted int NOT NULL,
  found jsonb NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);
-- When each station was last heard, and what it said it still had to send.
CREATE TABLE station_link (
  station_no int PRIMARY KEY REFERENCES station,
  heard_at_ms bigint NOT NULL,
  unsent_ops bigint,
  oldest_unsent_ms bigint
) WITH (fillfactor = 70);

-- What the person who resolved it wrote.
ALTER TABLE exception ADD COLUMN resolution text;

-- Epochs of a station in the order they were opened.
CREATE FUNCTION epoch_order(station int, of_epoch text) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT opened_at_ms FROM station_epoch WHERE station_no = station AND epoch = of_epoch $$;

-- Sales of a shift by their place between its two ops, whatever any clock said.
CREATE FUNCTION shift_sums(station int, shift uuid, OUT cloud jsonb, OUT totalisers jsonb)
LANGUAGE sql STABLE AS $$
  WITH placed AS (
    SELECT o.epoch, o.seq, o.kind FROM station_entity e JOIN station_op o
      ON o.station_no = e.station_no AND o.epoch = e.epoch AND o.stream = e.stream
        AND o.entity_ref = e.ref
    WHERE e.station_no = station AND e.id = shift AND o.stream = 'ledger'
      AND o.kind IN ('shift.opened', 'shift.closed')),
  ends AS (
    SELECT (SELECT (epoch_order(station, epoch), seq) FROM placed WHERE kind = 'shift.opened' LIMIT 1)
        AS first,
      (SELECT (epoch_order(station, epoch), seq) FROM placed WHERE kind = 'shift.closed' LIMIT 1)
        AS last),
  sold AS (
    SELECT s.* FROM ends, station_op o
    JOIN station_entity e ON e.station_no = o.station_no AND e.epoch = o.epoch
      AND e.stream = o.stream AND e.ref = o.entity_ref
    JOIN sale s ON s.fill_id = e.id
    WHERE o.station_no = station AND o.stream = 'ledger' AND o.kind = 'fill.settled'
      AND (epoch_order(station, o.epoch), o.seq) > ends.first
      AND (epoch_order(station, o.epoch), o.seq) < ends.last)
  SELECT jsonb_build_object('fills', count(*), 'grams', coalesce(sum(grams), 0),
      'amountPaise', coalesce(sum(amount_paise), 0)),
    coalesce((SELECT jsonb_agg(jsonb_build_object('position', position_no, 'grams', latest)
        ORDER BY position_no)
      FROM (SELECT position_no, max(totaliser_after_grams) AS latest FROM sold
        GROUP BY position_no) AS meters), '[]')
  FROM sold
$$;

-- Days the stations signed, and what came of checking them; null until they are checked.
CREATE TABLE station_day (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  day int NOT NULL,
  told jsonb NOT NULL,
  at_ms bigint NOT NULL,
  differences text[],
  PRIMARY KEY (station_no, op_ref)
);
CREATE INDEX station_day_unchecked ON station_day (station_no) WHERE differences IS NULL;
CREATE INDEX station_day_last ON station_day (station_no, day DESC);
CREATE INDEX station_proof_last ON station_proof (station_no, at_ms DESC);

CREATE FUNCTION digest_bucket(id uuid) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ('x' || right(id::text, 2))::bit(8)::int $$;

CREATE FUNCTION digest_day_of_ms(ms bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((ms + 19800000) / 86400000)::int $$;

CREATE FUNCTION digest_day_of_id(id uuid) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT digest_day_of_ms(('x' || left(id::text, 8) || substr(id::text, 10, 4))::bit(48)::bigint) $$;

CREATE FUNCTION digest_id_of_ms(ms bigint, rest text) RETURNS uuid
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (lpad(to_hex(least(greatest(ms, 0), 281474976710655)), 12, '0') || rest)::uuid $$;

CREATE FUNCTION digest_first_id(day int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT digest_id_of_ms(day * 86400000::bigint - 19800000, '00000000000000000000') $$;

CREATE FUNCTION digest_last_id(day int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT digest_id_of_ms((day + 1) * 86400000::bigint - 19800001, 'ffffffffffffffffffff') $$;
${hashFunctions
  .map(
    ([name, table, sql]) => `
CREATE FUNCTION ${name}(r ${table}) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT ${sql} $$;`,
  )
  .join('\n')}

CREATE FUNCTION digest_rows(station int, of_set text, on_day int)
  RETURNS TABLE (key uuid, hash bytea) LANGUAGE sql STABLE AS $$
  ${digestSources.map(rowsSql).join('\n  UNION ALL ')}
$$;
${digestSources.map(triggersSql).join('\n')}

-- Adds up what writers appended; one at a time for each station.
CREATE FUNCTION digest_fold(station int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1145652052, station);
  WITH told AS (DELETE FROM digest_delta WHERE station_no = station RETURNING *)
  INSERT INTO day_bucket AS b (station_no, set_name, day, bucket, n, ${limbColumns})
  SELECT station_no, set_name, day, bucket, sum(n), ${limbs.map((no) => `sum(s${no})`).join(', ')}
  FROM told GROUP BY station_no, set_name, day, bucket
  ON CONFLICT (station_no, set_name, day, bucket) DO UPDATE SET n = b.n + excluded.n,
    ${limbs.map((no) => `s${no} = b.s${no} + excluded.s${no}`).join(', ')};
END $$;

-- Makes a day's buckets from its rows again; true when something else was kept.
CREATE FUNCTION digest_recount(station int, of_set text, on_day int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE drifted boolean;
BEGIN
  PERFORM digest_fold(station);
  CREATE TEMP TABLE IF NOT EXISTS digest_counted (bucket int, n int,
    ${limbs.map((no) => `s${no} bigint`).join(', ')}) ON COMMIT DROP;
  TRUNCATE digest_counted;
  INSERT INTO digest_counted SELECT bucket, count(*), ${limbs
    .map((no) => `sum(${limbOf('hex', no)})`)
    .join(', ')}
  FROM (SELECT digest_bucket(key) AS bucket, encode(hash, 'hex') AS hex
    FROM digest_rows(station, of_set, on_day)) AS told GROUP BY bucket;
  SELECT EXISTS (
    (SELECT bucket, n, ${limbColumns} FROM digest_counted
     EXCEPT SELECT bucket, n, ${limbColumns} FROM day_bucket
       WHERE station_no = station AND set_name = of_set AND day = on_day)
    UNION ALL
    (SELECT bucket, n, ${limbColumns} FROM day_bucket
       WHERE station_no = station AND set_name = of_set AND day = on_day
         AND (n <> 0 OR ${limbsChanged})
     EXCEPT SELECT bucket, n, ${limbColumns} FROM digest_counted)) INTO drifted;
  IF drifted THEN
    DELETE FROM day_bucket WHERE station_no = station AND set_name = of_set AND day = on_day;
    INSERT INTO day_bucket SELECT station, of_set, on_day, bucket, n, ${limbColumns}
    FROM digest_counted;
  END IF;
  RETURN drifted;
END $$;

-- What was there before the triggers.
${digestSources
  .flatMap(({ table, sets }) =>
    sets.map(
      ({ set: name, hash, key, day, where }) => `
INSERT INTO digest_delta (station_no, set_name, day, bucket, n, ${limbColumns})
SELECT station_no, '${name}', day, bucket, count(*), ${limbs
        .map((no) => `sum(${limbOf('hex', no)})`)
        .join(', ')}
FROM (SELECT r.station_no, ${day} AS day, digest_bucket(${key}) AS bucket,
    encode(${hash}, 'hex') AS hex FROM ${table} r WHERE ${where}) AS told
GROUP BY station_no, day, bucket;`,
    ),
  )
  .join('\n')}
`
