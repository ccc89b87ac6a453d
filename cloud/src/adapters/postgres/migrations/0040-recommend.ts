/**
 * Recommended slots: where stations are, the rankers that were fitted, what was shown to whom with the
 * chance it had, and what became of it. The log is append-only; it knows a driver by key alone, and
 * its rows are deleted when their time is over.
 */
export const recommend = /* sql */ `
CREATE TABLE station_place (
  station_no int PRIMARY KEY REFERENCES station,
  lat_e6 int NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
  lon_e6 int NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000)
);

-- The newest row serves; version 0 in the log is the weighted score of a cloud without any row.
CREATE TABLE slot_ranker (
  version int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  ranker jsonb NOT NULL,
  facts jsonb NOT NULL,
  verdict jsonb NOT NULL,
  fitted_at_ms bigint NOT NULL
);

CREATE TABLE choice_shown (
  id uuid PRIMARY KEY,
  driver_id uuid NOT NULL REFERENCES driver,
  kind text NOT NULL CHECK (kind IN ('look', 'full')),
  station_no int NOT NULL REFERENCES station,
  vehicle_class text NOT NULL CHECK (vehicle_class IN ('auto', 'car', 'lcv', 'bus')),
  ranker_version int NOT NULL,
  seed bigint NOT NULL,
  shown_at_ms bigint NOT NULL
);
CREATE INDEX choice_shown_of_driver ON choice_shown (driver_id, shown_at_ms);
CREATE INDEX choice_shown_at ON choice_shown (shown_at_ms);

CREATE TABLE choice_option (
  shown_id uuid NOT NULL REFERENCES choice_shown ON DELETE CASCADE,
  place int NOT NULL CHECK (place BETWEEN 1 AND 20),
  station_no int NOT NULL REFERENCES station,
  window_start_ms bigint NOT NULL,
  propensity real NOT NULL CHECK (propensity > 0 AND propensity <= 1),
  explored boolean NOT NULL,
  chance real NOT NULL CHECK (chance BETWEEN 0 AND 1),
  features jsonb NOT NULL,
  PRIMARY KEY (shown_id, place)
);

-- A null booking: nothing was booked in time. A null place: another window than those shown.
CREATE TABLE choice_made (
  shown_id uuid PRIMARY KEY REFERENCES choice_shown ON DELETE CASCADE,
  booking_id uuid REFERENCES booking,
  place int,
  joined_at_ms bigint NOT NULL,
  CHECK (place IS NULL OR booking_id IS NOT NULL)
);
CREATE INDEX choice_made_of_booking ON choice_made (booking_id);

CREATE FUNCTION choice_log_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER choice_shown_stands BEFORE UPDATE ON choice_shown
  FOR EACH STATEMENT EXECUTE FUNCTION choice_log_stands();
CREATE TRIGGER choice_option_stands BEFORE UPDATE ON choice_option
  FOR EACH STATEMENT EXECUTE FUNCTION choice_log_stands();
CREATE TRIGGER choice_made_stands BEFORE UPDATE ON choice_made
  FOR EACH STATEMENT EXECUTE FUNCTION choice_log_stands();
`
