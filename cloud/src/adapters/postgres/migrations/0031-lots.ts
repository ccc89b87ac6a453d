/**
 * The lot of each peak hour: who entered, in which order they were drawn and what came of it. The
 * seed's hash is known before the first entry, the seed after the draw. And who pays for a booking.
 */
export const lots = /* sql */ `
CREATE TABLE lot (
  station_no int NOT NULL REFERENCES station,
  hour_ms bigint NOT NULL CHECK (hour_ms % 1800000 = 0),
  seed text NOT NULL,
  seed_hash text NOT NULL,
  made_at_ms bigint NOT NULL,
  drawn_at_ms bigint,
  PRIMARY KEY (station_no, hour_ms)
);
CREATE INDEX lot_undrawn ON lot (hour_ms) WHERE drawn_at_ms IS NULL;

CREATE TABLE lot_entry (
  id uuid PRIMARY KEY,
  station_no int NOT NULL,
  hour_ms bigint NOT NULL,
  window_start_ms bigint NOT NULL,
  driver_id uuid NOT NULL REFERENCES driver,
  vehicle_id uuid NOT NULL,
  plate text NOT NULL,
  grams bigint NOT NULL CHECK (grams > 0),
  day int NOT NULL,
  made_at_ms bigint NOT NULL,
  -- Place in the draw from 1, and what it came to.
  place int,
  result text CHECK (result IN ('won', 'lost', 'refused')),
  code text,
  booking_id uuid,
  FOREIGN KEY (station_no, hour_ms) REFERENCES lot,
  CHECK ((result IS NULL) = (place IS NULL)),
  CHECK ((result = 'won') = (booking_id IS NOT NULL))
);
-- A vehicle has one entry for a day; who has lost may enter another hour.
CREATE UNIQUE INDEX lot_entry_vehicle ON lot_entry (plate, day)
  WHERE result IS NULL OR result = 'won';
CREATE INDEX lot_entry_of_lot ON lot_entry (station_no, hour_ms);

-- Bookings that were won; written with the sale.
CREATE TABLE lot_booking (booking_id uuid PRIMARY KEY REFERENCES booking);

CREATE TABLE booking_payer (
  booking_id uuid PRIMARY KEY REFERENCES booking,
  payer text NOT NULL
);
CREATE INDEX booking_of_payer ON booking_payer (payer);
`
