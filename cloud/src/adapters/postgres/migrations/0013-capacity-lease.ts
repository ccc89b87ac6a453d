/**
 * The station owns its capacity and lends the cloud a share by fenced terms. `slot_cell` stays the
 * cloud's account of what it was lent; what it granted itself before is taken back, so that nothing
 * is sold until the station's first grant. `lease_ask` is followed by the station.
 */
export const capacityLease = /* sql */ `
CREATE TABLE lease_term (
  station_no int NOT NULL REFERENCES station,
  id uuid NOT NULL,
  fence bigint NOT NULL CHECK (fence >= 1),
  from_ms bigint NOT NULL,
  to_ms bigint NOT NULL,
  cloud_share int NOT NULL CHECK (cloud_share BETWEEN 0 AND 1000),
  valid_until_ms bigint NOT NULL,
  -- The last request of the term and what was answered, for one whose answer was lost.
  request_no bigint NOT NULL CHECK (request_no >= 1),
  answer jsonb NOT NULL,
  -- A database restored from a backup has lost sales and grants: its terms are void.
  db_epoch bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, id),
  UNIQUE (station_no, fence)
);

CREATE TABLE lease_ask (
  id text PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  window_start_ms bigint NOT NULL,
  milli_minutes bigint NOT NULL CHECK (milli_minutes >= 0),
  grams bigint NOT NULL CHECK (grams >= 0),
  asked_at_ms bigint NOT NULL
);
CREATE INDEX lease_ask_of_station ON lease_ask (station_no, window_start_ms);

UPDATE slot_cell SET
  granted_milli_minutes = 0, over_milli_minutes = sold_milli_minutes,
  granted_grams = 0, over_grams = sold_grams;
`
