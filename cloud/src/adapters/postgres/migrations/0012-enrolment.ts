/**
 * How a station becomes ours. A code is kept as a keyed hash and K_station sealed under the cloud's
 * key file, in tables of their own that no shape names; the column that held it in the clear goes,
 * and with it the secret of a station that was seeded before: it enrols again.
 */
export const enrolmentTables = /* sql */ `
CREATE TABLE enrol_code (
  station_no int PRIMARY KEY REFERENCES station,
  code_hash bytea NOT NULL,
  expires_at_ms bigint NOT NULL,
  tries int NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
  used_at_ms bigint
);

CREATE TABLE station_secret (
  station_no int PRIMARY KEY REFERENCES station,
  k_station_sealed bytea NOT NULL,
  made_at_ms bigint NOT NULL
);

ALTER TABLE station DROP COLUMN k_station;

-- Places at which a station found this database behind what it had been told: each advances the
-- epoch of the shapes once.
CREATE TABLE restore_mark (
  station_no int NOT NULL REFERENCES station,
  epoch text NOT NULL,
  stream text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (station_no, epoch, stream, seq)
);
`
