/**
 * Change capture for any table and any writer (sync.md 5.2): the functions find their tables
 * whatever search path the writer has; a table whose key or station column changed is
 * attached anew; one handle can be ended without the others.
 */
export const shapeCaptureFunctions = /* sql */ `
-- Settings that PostgreSQL's text of a value depends on (sync.md 6.4).
CREATE FUNCTION shape_text_settings() RETURNS boolean LANGUAGE sql STABLE
  RETURN current_setting('intervalstyle') = 'iso_8601' AND current_setting('timezone') = 'UTC'
    AND current_setting('datestyle') = 'ISO, MDY' AND current_setting('bytea_output') = 'hex'
    AND current_setting('extra_float_digits') = '1';

-- Functions that carry settings of their own cost a third of the capture rate: only a writer with
-- other settings than ours pays for them.
CREATE FUNCTION shape_text_of(changed record) RETURNS hstore LANGUAGE plpgsql STABLE
  SET datestyle = 'ISO, MDY' SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
  SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
BEGIN
  RETURN public.hstore(changed);
END $$;

CREATE OR REPLACE FUNCTION shape_capture_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  station text := TG_ARGV[0];
  key_columns text[] := TG_ARGV[1:];
  locked text := coalesce(current_setting('baari.locked', true), '');
  as_is boolean := public.shape_text_settings();
  xid bigint := pg_current_xact_id()::text::bigint;
  o public.hstore;
  n public.hstore;
  o_part int := 0;
  n_part int := 0;
  o_key text[];
  n_key text[];
  part int;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    o := CASE WHEN as_is THEN public.hstore(OLD) ELSE public.shape_text_of(OLD) END;
    o_key := o OPERATOR(public.->) key_columns;
    IF station <> '' THEN o_part := coalesce((o OPERATOR(public.->) station)::int, 0); END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    n := CASE WHEN as_is THEN public.hstore(NEW) ELSE public.shape_text_of(NEW) END;
    n_key := n OPERATOR(public.->) key_columns;
    IF station <> '' THEN n_part := coalesce((n OPERATOR(public.->) station)::int, 0); END IF;
  END IF;
  IF TG_OP = 'INSERT' THEN
    o_part := n_part;
  ELSIF TG_OP = 'DELETE' THEN
    n_part := o_part;
  ELSIF o OPERATOR(public.=) n THEN
    RETURN NULL;
  END IF;
  -- The first call locks every part the transaction touched; most rows find theirs locked already.
  IF position(',' || o_part || ',' IN locked) = 0 THEN
    PERFORM public.shape_lock_part(o_part);
  END IF;
  IF n_part <> o_part AND position(',' || n_part || ',' IN locked) = 0 THEN
    PERFORM public.shape_lock_part(n_part);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.change_log (part, rel, seq, xid, op, key, new)
    VALUES (n_part, TG_RELID, nextval('public.change_seq'), xid, 'I', n_key, n);
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.change_log (part, rel, seq, xid, op, key, old)
    VALUES (o_part, TG_RELID, nextval('public.change_seq'), xid, 'D', o_key, o);
  ELSE
    FOREACH part IN ARRAY (CASE WHEN o_part = n_part THEN ARRAY[o_part]
                                ELSE ARRAY[least(o_part, n_part), greatest(o_part, n_part)] END)
    LOOP
      IF o_key IS DISTINCT FROM n_key THEN
        INSERT INTO public.change_log (part, rel, seq, xid, op, key, peer_key, old)
        VALUES (part, TG_RELID, nextval('public.change_seq'), xid, 'D', o_key, n_key, o);
        INSERT INTO public.change_log (part, rel, seq, xid, op, key, peer_key, new)
        VALUES (part, TG_RELID, nextval('public.change_seq'), xid, 'I', n_key, o_key, n);
      ELSE
        INSERT INTO public.change_log (part, rel, seq, xid, op, key, old, new)
        VALUES (part, TG_RELID, nextval('public.change_seq'), xid, 'U', n_key, o, n);
      END IF;
    END LOOP;
  END IF;
  RETURN NULL;
END $$;

DROP FUNCTION shape_write(int, oid, "char", text[], text[], hstore, hstore);

-- Wakes whoever waits for the table: part -1 is nobody's.
CREATE FUNCTION shape_wake(target oid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1396786501, -1);
  INSERT INTO public.change_log (part, rel, seq, xid, op, key)
  VALUES (-1, target, nextval('public.change_seq'), pg_current_xact_id()::text::bigint, 'T', '{}');
END $$;

CREATE OR REPLACE FUNCTION shape_retire_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.shape SET retired = true, current = false WHERE rel = TG_RELID;
  PERFORM public.shape_wake(TG_RELID);
  RETURN NULL;
END $$;

-- Ends one handle for good, also for those who wait. Returns false where there was none.
CREATE FUNCTION shape_retire_handle(ended text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  of_table oid;
BEGIN
  UPDATE shape SET retired = true, current = false
  WHERE handle = ended AND NOT retired RETURNING rel INTO of_table;
  IF of_table IS NULL THEN RETURN false; END IF;
  PERFORM shape_wake(of_table);
  RETURN true;
END $$;

-- Arguments of a table's capture trigger as PostgreSQL keeps them: each text and a zero byte.
CREATE FUNCTION shape_capture_arguments(station text, key_columns text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(convert_to(argument, 'UTF8') || '\\x00'::bytea, '' ORDER BY at)
  FROM unnest(array_prepend(station, key_columns)) WITH ORDINALITY AS a (argument, at)
$$;

-- Attaches capture to a table; harmless when it is there already. Returns false where it was. A
-- table captured per station stays so: captured as a whole, its stations' shapes would miss rows.
CREATE OR REPLACE FUNCTION shape_attach(target regclass, station text, key_columns text[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  arguments text := quote_literal(station);
  name text;
  had bytea;
  old_rows text := CASE WHEN station = '' THEN '' ELSE ' REFERENCING OLD TABLE AS old_rows' END;
  new_rows text := CASE WHEN station = '' THEN '' ELSE ' REFERENCING NEW TABLE AS new_rows' END;
  both_rows text := CASE WHEN station = '' THEN ''
    ELSE ' REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows' END;
BEGIN
  SELECT tgargs INTO had FROM pg_trigger WHERE tgrelid = target AND tgname = 'shape_capture';
  IF had = shape_capture_arguments(station, key_columns) THEN RETURN false; END IF;
  IF station = '' AND had IS NOT NULL AND get_byte(had, 0) <> 0 THEN
    RAISE EXCEPTION 'table % is captured per station', target USING ERRCODE = '55000';
  END IF;
  -- Whoever comes at the same time waits here and then finds it attached.
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
  SELECT tgargs INTO had FROM pg_trigger WHERE tgrelid = target AND tgname = 'shape_capture';
  IF had = shape_capture_arguments(station, key_columns) THEN RETURN false; END IF;
  IF had IS NOT NULL THEN
    UPDATE shape SET retired = true, current = false WHERE rel = target;
    PERFORM shape_wake(target);
    FOREACH name IN ARRAY ARRAY['shape_parts_insert', 'shape_parts_delete', 'shape_parts_update',
                                'shape_truncate', 'shape_capture'] LOOP
      EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', name, target);
    END LOOP;
  END IF;
  FOREACH name IN ARRAY key_columns LOOP
    arguments := arguments || ', ' || quote_literal(name);
  END LOOP;
  EXECUTE format('CREATE TRIGGER shape_parts_insert AFTER INSERT ON %s%s
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, new_rows, station);
  EXECUTE format('CREATE TRIGGER shape_parts_delete AFTER DELETE ON %s%s
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, old_rows, station);
  EXECUTE format('CREATE TRIGGER shape_parts_update AFTER UPDATE ON %s%s
    FOR EACH STATEMENT EXECUTE FUNCTION shape_note_parts(%L)', target, both_rows, station);
  EXECUTE format('CREATE TRIGGER shape_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION shape_retire_table()', target);
  EXECUTE format('CREATE CONSTRAINT TRIGGER shape_capture AFTER INSERT OR UPDATE OR DELETE ON %s
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shape_capture_row(%s)',
    target, arguments);
  RETURN true;
END $$;

-- A snapshot is written chunk by chunk before its handle can be asked for.
ALTER TABLE shape ADD COLUMN complete boolean NOT NULL DEFAULT true;
`
