/**
 * What stations said of being late, by IST day: a signed amendment of the tokens of that day. It
 * counts once its signature was verified; of a day the highest counts, so that no word shortens one.
 */
export const stationDelays = /* sql */ `
CREATE TABLE station_delay (
  station_no int NOT NULL REFERENCES station,
  day int NOT NULL,
  delay_ms bigint NOT NULL CHECK (delay_ms > 0 AND delay_ms <= 14400000),
  from_ms bigint NOT NULL,
  kid int NOT NULL,
  sig text NOT NULL,
  op_ref text NOT NULL,
  at_ms bigint NOT NULL,
  -- Null until the job has looked.
  verified boolean,
  PRIMARY KEY (station_no, day, delay_ms)
);
CREATE INDEX station_delay_unverified ON station_delay (at_ms) WHERE verified IS NULL;

-- Milliseconds by which the tokens of a window are valid longer.
CREATE FUNCTION station_delay_of(station int, window_start bigint) RETURNS bigint
  LANGUAGE sql STABLE PARALLEL SAFE AS $f$
  SELECT coalesce(max(delay_ms), 0) FROM station_delay
  WHERE station_no = station AND day = (window_start + 19800000) / 86400000 AND verified
$f$;
`
