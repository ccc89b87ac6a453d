/** Stars that drivers gave for fills, one row for a fill; and trips whose arrival the lane told. */
export const feedback = /* sql */ `
CREATE TABLE fill_feedback (
  -- No reference: a sale that a person mends is written anew under its number.
  fill_id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  driver_id uuid NOT NULL REFERENCES driver,
  stars int NOT NULL CHECK (stars BETWEEN 1 AND 5),
  given_at_ms bigint NOT NULL
);
CREATE INDEX fill_feedback_of_station ON fill_feedback (station_no, given_at_ms);
CREATE INDEX fill_feedback_of_booking ON fill_feedback (booking_id);

-- The last word of each booking's driver of being on the way, from a field of about a kilometre.
CREATE TABLE trip (
  booking_id uuid PRIMARY KEY REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  cell text NOT NULL,
  left_at_ms bigint NOT NULL,
  q50_ms bigint NOT NULL CHECK (q50_ms >= 0),
  q90_ms bigint NOT NULL CHECK (q90_ms >= q50_ms),
  source text NOT NULL CHECK (source IN ('offline', 'provider'))
);
CREATE INDEX trip_left ON trip (left_at_ms);
`
