/**
 * Requests for a window that found none, for the demand behind full slots. A request carries a mark
 * in the place of its driver, so that one person counts once; the marks go after half an hour, and
 * their salt after two days, and only counts by quarter hour stay.
 */
export const unmetRequests = /* sql */ `
CREATE TABLE unmet_salt (
  day int PRIMARY KEY,
  salt uuid NOT NULL DEFAULT gen_random_uuid()
);

CREATE TABLE unmet_request (
  station_no int NOT NULL REFERENCES station,
  mark bytea NOT NULL,
  start_ms bigint NOT NULL CHECK (start_ms % 900000 = 0),
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, mark)
);
CREATE INDEX unmet_request_ripe ON unmet_request (at_ms);

CREATE TABLE unmet_quarter (
  station_no int NOT NULL REFERENCES station,
  start_ms bigint NOT NULL CHECK (start_ms % 900000 = 0),
  rejected int NOT NULL DEFAULT 0 CHECK (rejected >= 0),
  abandoned int NOT NULL DEFAULT 0 CHECK (abandoned >= 0),
  PRIMARY KEY (station_no, start_ms)
);
CREATE INDEX unmet_quarter_start ON unmet_quarter (start_ms);
`
