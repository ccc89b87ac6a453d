/**
 * Every raise of the station's delay, with the signature that makes it an amendment of the day's
 * tokens. What stood in the settings was for one day and had no signature; it is taken over and
 * signed like a new one.
 */
export const stationDelay = `
CREATE TABLE station_delay (
  day INTEGER NOT NULL,
  delay_ms INTEGER NOT NULL CHECK (delay_ms > 0),
  from_ms INTEGER NOT NULL,
  late_until_ms INTEGER NOT NULL,
  kid INTEGER,
  sig TEXT,
  PRIMARY KEY (day, delay_ms),
  CHECK ((kid IS NULL) = (sig IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO station_delay (day, delay_ms, from_ms, late_until_ms)
  SELECT delay_day, delay_ms, delay_day * 86400000 - 19800000, delay_day * 86400000 - 19800000
  FROM station_settings WHERE delay_ms > 0;
ALTER TABLE station_settings DROP COLUMN delay_ms;
ALTER TABLE station_settings DROP COLUMN delay_day;
`
