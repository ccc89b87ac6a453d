/**
 * How likely the booked are to come, by cohort and station, and what each sale reckoned with. Kept
 * beside the bookings: stations follow those and have no use for this.
 */
export const showOdds = /* sql */ `
CREATE TABLE booking_odds (
  booking_id uuid PRIMARY KEY REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  cohort text NOT NULL,
  show_permille int NOT NULL CHECK (show_permille BETWEEN 0 AND 1000),
  -- The outcome has been added to the cohort's.
  counted boolean NOT NULL DEFAULT false
);
CREATE INDEX booking_odds_open ON booking_odds (booking_id) WHERE NOT counted;

CREATE TABLE show_cohort (
  station_no int NOT NULL REFERENCES station,
  cohort text NOT NULL,
  shown bigint NOT NULL DEFAULT 0 CHECK (shown >= 0),
  missed bigint NOT NULL DEFAULT 0 CHECK (missed >= 0),
  PRIMARY KEY (station_no, cohort)
);

CREATE INDEX booking_of_plate ON booking (plate, window_start_ms DESC);
`
