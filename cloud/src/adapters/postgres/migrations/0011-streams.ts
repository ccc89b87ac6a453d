/**
 * The streams beside the ledger, and what a cloud upgrade needs to take up the ops an older one
 * could not read. `tried` names the reader that looked at a deferred op last.
 */
export const streamTables = /* sql */ `
ALTER TABLE station_op ADD COLUMN tried text;
DROP INDEX station_op_deferred;
CREATE INDEX station_op_told ON station_op (station_no, epoch, stream, seq)
  WHERE verdict <> 'applied';
CREATE INDEX station_op_deferred ON station_op (tried, station_no)
  WHERE verdict = 'deferred';
CREATE INDEX station_op_scan_text ON station_op (event_at_ms)
  WHERE kind = 'scan.failed' AND raw IS NOT NULL;
CREATE INDEX station_op_telemetry_age ON station_op (recv_at_ms) WHERE stream = 'telemetry';

ALTER TABLE dead_letter ADD COLUMN note text;
CREATE INDEX dead_letter_of_station ON dead_letter (station_no, at_ms DESC, epoch, stream, seq);

-- Each word of an alarm is a row; an alarm is open while its newest word is "raised".
CREATE TABLE alarm_event (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  source text NOT NULL,
  code text NOT NULL,
  subject text NOT NULL,
  raised boolean NOT NULL,
  detail text NOT NULL,
  count int NOT NULL,
  at_ms bigint NOT NULL,
  recv_at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);
CREATE INDEX alarm_event_newest ON alarm_event (station_no, source, code, subject, at_ms DESC);

-- The newest value of each key of a station, by its place in the state stream.
CREATE TABLE station_state (
  station_no int NOT NULL REFERENCES station,
  key text NOT NULL,
  value jsonb,
  epoch_no int NOT NULL,
  seq bigint NOT NULL,
  at_ms bigint NOT NULL,
  recv_at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, key)
) WITH (fillfactor = 70);

-- A reading's identity is its station's telemetry file and its number there. Partitions by month
-- are made ahead and dropped whole; what no month holds is a clock that was wrong.
CREATE TABLE telemetry_reading (
  station_no int NOT NULL,
  file text NOT NULL,
  reading_id bigint NOT NULL,
  at_ms bigint NOT NULL,
  class text NOT NULL,
  device text NOT NULL,
  type text NOT NULL,
  boot text,
  device_seq bigint,
  device_at_ms bigint,
  payload text NOT NULL,
  PRIMARY KEY (station_no, file, reading_id, at_ms)
) PARTITION BY RANGE (at_ms);
CREATE INDEX telemetry_reading_of_device ON telemetry_reading (station_no, device, at_ms);
CREATE TABLE telemetry_reading_other PARTITION OF telemetry_reading DEFAULT;
`
