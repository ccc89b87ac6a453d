/**
 * The last word about each alarm, one row an alarm as `station_state` is one row a key, so that the
 * open ones are found without reading every word ever told. The last word is the one furthest in the
 * station's stream: its clock may have been wrong. A cleared alarm keeps its row, so that an older
 * word that an upgrade reads later does not raise it again.
 */
const tables = /* sql */ `
CREATE TABLE station_alarm (
  station_no int NOT NULL REFERENCES station,
  source text NOT NULL,
  code text NOT NULL,
  subject text NOT NULL,
  raised boolean NOT NULL,
  detail text NOT NULL,
  -- First raised after it was last cleared; of a cleared one, when that was.
  since_ms bigint NOT NULL,
  at_ms bigint NOT NULL,
  epoch_no int NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (station_no, source, code, subject)
) WITH (fillfactor = 70);
CREATE INDEX station_alarm_open ON station_alarm (station_no, since_ms) WHERE raised;

-- It served the search for the newest word and nothing else.
DROP INDEX alarm_event_newest;
`

/** The words of before in the order of their streams; epochs count as they were opened. */
export const alarmsOfEvents = /* sql */ `
WITH epochs AS (
  SELECT station_no, epoch,
    count(*) OVER (PARTITION BY station_no ORDER BY opened_at_ms RANGE UNBOUNDED PRECEDING) AS no
  FROM station_epoch),
words AS (
  SELECT a.*, coalesce(e.no, 0) AS epoch_no, split_part(a.op_ref, '/', 3)::bigint AS seq
  FROM alarm_event a LEFT JOIN epochs e
    ON e.station_no = a.station_no AND e.epoch = split_part(a.op_ref, '/', 1)),
numbered AS (
  SELECT *, row_number() OVER told AS n, count(*) OVER alarm AS last
  FROM words WINDOW alarm AS (PARTITION BY station_no, source, code, subject),
    told AS (alarm ORDER BY epoch_no, seq)),
ended AS (
  SELECT *, coalesce(max(n) FILTER (WHERE NOT raised) OVER alarm, 0) AS cleared
  FROM numbered WINDOW alarm AS (PARTITION BY station_no, source, code, subject)),
aged AS (
  SELECT *, first_value(at_ms) OVER (PARTITION BY station_no, source, code, subject
    ORDER BY n <= cleared, n) AS since
  FROM ended)
INSERT INTO station_alarm (station_no, source, code, subject, raised, detail, since_ms, at_ms,
  epoch_no, seq)
SELECT station_no, source, code, subject, raised, detail,
  CASE WHEN raised THEN since ELSE at_ms END, at_ms, epoch_no, seq
FROM aged WHERE n = last;
`

export const stationAlarms = tables + alarmsOfEvents
