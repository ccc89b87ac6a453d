/**
 * Change capture for the shape stream (sync.md 5.2). Statement triggers collect the parts a
 * transaction touches; deferred row triggers run at commit, where the first one locks all those
 * parts in ascending order and each then writes its row under the next number. The locks live for
 * the commit only, so that an open transaction blocks nobody, and within a part the order of the
 * numbers is the order of the commits: a reader that has seen number n has missed nothing below.
 *
 * A part is a station's number, or 0 for tables without a station. hstore keeps PostgreSQL's own
 * text of each value; the functions pin the settings that text depends on.
 */
export const changeLogTables = /* sql */ `
CREATE EXTENSION IF NOT EXISTS hstore;

CREATE SEQUENCE change_seq AS bigint CACHE 1;

-- Ordered by table inside the part: a shape reads only the changes of its own table.
CREATE TABLE change_log (
  part int NOT NULL,
  rel oid NOT NULL,
  seq bigint NOT NULL,
  xid bigint NOT NULL,
  op "char" NOT NULL CHECK (op IN ('I', 'U', 'D', 'T')),
  key text[] NOT NULL,
  peer_key text[],
  old hstore,
  new hstore,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (part, rel, seq)
);
CREATE INDEX change_log_age ON change_log USING brin (at);

-- Everything up to and with this number was pruned.
CREATE TABLE change_floor (
  part int NOT NULL,
  rel oid NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (part, rel)
);

-- The database's own identity: a restored or replaced one retires every handle (sync.md 6.8).
CREATE TABLE db_epoch (
  epoch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_identifier text NOT NULL,
  timeline int NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shape (
  handle text PRIMARY KEY,
  def_hash text NOT NULL,
  def jsonb NOT NULL,
  part int NOT NULL,
  rel oid NOT NULL,
  base_seq bigint NOT NULL,
  chunks int NOT NULL,
  db_epoch bigint NOT NULL REFERENCES db_epoch,
  current boolean NOT NULL,
  retired boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_read_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX shape_current ON shape (def_hash) WHERE current;
CREATE INDEX shape_of_table ON shape (rel);

-- A cache: lost in a crash of PostgreSQL and evicted at will, then minted anew under a new handle.
CREATE UNLOGGED TABLE shape_chunk (
  handle text NOT NULL REFERENCES shape ON DELETE CASCADE,
  n int NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (handle, n)
);

CREATE FUNCTION shape_note_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  known text := coalesce(current_setting('baari.parts', true), '');
  found int[];
  had int[];
BEGIN
  IF TG_ARGV[0] = '' THEN
    found := ARRAY[0];
  ELSIF TG_OP = 'INSERT' THEN
    EXECUTE format('SELECT array_agg(DISTINCT coalesce(%1$I, 0)) FROM new_rows', TG_ARGV[0]) INTO found;
  ELSIF TG_OP = 'DELETE' THEN
    EXECUTE format('SELECT array_agg(DISTINCT coalesce(%1$I, 0)) FROM old_rows', TG_ARGV[0]) INTO found;
  ELSE
    EXECUTE format('SELECT array_agg(DISTINCT part) FROM (SELECT coalesce(%1$I, 0) AS part FROM new_rows
      UNION SELECT coalesce(%1$I, 0) FROM old_rows) AS both_sides', TG_ARGV[0]) INTO found;
  END IF;
  had := CASE WHEN known = '' THEN '{}' ELSE string_to_array(known, ',')::int[] END;
  IF found IS NOT NULL AND NOT found <@ had THEN
    PERFORM set_config('baari.parts',
      (SELECT string_agg(DISTINCT part::text, ',') FROM unnest(had || found) AS part), true);
  END IF;
  RETURN NULL;
END $$;

-- Takes the lock of one part for the rest of the transaction. The first call takes all parts the
-- transaction touched, ascending: locking part by part in row order deadlocks.
CREATE FUNCTION shape_lock_part(wanted int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  locked text := coalesce(current_setting('baari.locked', true), '');
  part int;
BEGIN
  IF locked = '' THEN
    FOR part IN
      SELECT DISTINCT p::int FROM unnest(string_to_array(current_setting('baari.parts', true), ',')) AS p
      ORDER BY 1
    LOOP
      PERFORM pg_advisory_xact_lock(1396786501, part);
      locked := locked || ',' || part;
    END LOOP;
    PERFORM set_config('baari.locked', locked || ',', true);
    locked := locked || ',';
  END IF;
  IF position(',' || wanted || ',' IN locked) = 0 THEN
    -- A part that appears only during commit may not wait: it would break the order.
    IF NOT pg_try_advisory_xact_lock(1396786501, wanted) THEN
      RAISE EXCEPTION 'part % is being written by another commit', wanted USING ERRCODE = '40001';
    END IF;
    PERFORM set_config('baari.locked', locked || wanted || ',', true);
  END IF;
END $$;

CREATE FUNCTION shape_write(part int, rel oid, op "char", row_key text[], peer text[], o hstore, n hstore)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM shape_lock_part(part);
  INSERT INTO change_log (part, rel, seq, xid, op, key, peer_key, old, new)
  VALUES (part, rel, nextval('change_seq'), pg_current_xact_id()::text::bigint, op, row_key, peer, o, n);
END $$;

-- Arguments: the station column or '', then the key columns in order.
CREATE FUNCTION shape_capture_row() RETURNS trigger LANGUAGE plpgsql
  SET datestyle = 'ISO, MDY' SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
  SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
  station text := TG_ARGV[0];
  key_columns text[] := TG_ARGV[1:];
  o hstore := CASE WHEN TG_OP <> 'INSERT' THEN hstore(OLD) END;
  n hstore := CASE WHEN TG_OP <> 'DELETE' THEN hstore(NEW) END;
  o_part int := CASE WHEN station = '' THEN 0 ELSE coalesce((o -> station)::int, 0) END;
  n_part int := CASE WHEN station = '' THEN 0 ELSE coalesce((n -> station)::int, 0) END;
  o_key text[];
  n_key text[];
  part int;
BEGIN
  o_key := o -> key_columns;
  n_key := n -> key_columns;
  IF TG_OP = 'INSERT' THEN
    PERFORM shape_write(n_part, TG_RELID, 'I', n_key, NULL, NULL, n);
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM shape_write(o_part, TG_RELID, 'D', o_key, NULL, o, NULL);
  ELSE
    FOREACH part IN ARRAY (CASE WHEN o_part = n_part THEN ARRAY[o_part]
                                ELSE ARRAY[least(o_part, n_part), greatest(o_part, n_part)] END)
    LOOP
      IF o_key IS DISTINCT FROM n_key THEN
        PERFORM shape_write(part, TG_RELID, 'D', o_key, n_key, o, NULL);
        PERFORM shape_write(part, TG_RELID, 'I', n_key, o_key, NULL, n);
      ELSIF o IS DISTINCT FROM n THEN
        PERFORM shape_write(part, TG_RELID, 'U', n_key, NULL, o, n);
      END IF;
    END LOOP;
  END IF;
  RETURN NULL;
END $$;

-- The rows are gone without row triggers, so every shape of the table has to be fetched again.
-- Part -1 is nobody's: its rows only wake those who wait.
CREATE FUNCTION shape_retire_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE shape SET retired = true, current = false WHERE rel = TG_RELID;
  PERFORM pg_advisory_xact_lock(1396786501, -1);
  INSERT INTO change_log (part, rel, seq, xid, op, key)
  VALUES (-1, TG_RELID, nextval('change_seq'), pg_current_xact_id()::text::bigint, 'T', '{}');
  RETURN NULL;
END $$;

-- Attaches capture to a table; harmless when it is there already. Returns false where it was.
CREATE FUNCTION shape_attach(target regclass, station text, key_columns text[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  arguments text := quote_literal(station);
  name text;
BEGIN
  IF EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = target AND tgname = 'shape_capture') THEN
    RETURN false;
  END IF;
  FOREACH name IN ARRAY key_columns LOOP
    arguments := arguments || ', ' || quote_literal(name);
  END LOOP;
  EXECUTE format('CREATE TRIGGER shape_parts_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, station);
  EXECUTE format('CREATE TRIGGER shape_parts_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, station);
  EXECUTE format('CREATE TRIGGER shape_parts_update AFTER UPDATE ON %s
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, station);
  EXECUTE format('CREATE TRIGGER shape_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION shape_retire_table()', target);
  EXECUTE format('CREATE CONSTRAINT TRIGGER shape_capture AFTER INSERT OR UPDATE OR DELETE ON %s
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shape_capture_row(%s)',
    target, arguments);
  RETURN true;
END $$;
`
