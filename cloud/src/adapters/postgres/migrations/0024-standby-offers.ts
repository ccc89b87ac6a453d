/**
 * Offers of a window to those on the waiting list, one at a time for each window. While one is open
 * its minutes and gas are kept from other sales. Who sends the message reads the offers that are open.
 */
export const standbyOffers = /* sql */ `
CREATE TABLE standby_offer (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  window_start_ms bigint NOT NULL,
  milli_minutes bigint NOT NULL CHECK (milli_minutes >= 0),
  grams bigint NOT NULL CHECK (grams >= 0),
  sent_at_ms bigint NOT NULL,
  delivered_at_ms bigint,
  answer text CHECK (answer IN ('accept', 'snooze', 'leave', 'lapsed')),
  answered_at_ms bigint,
  CHECK ((answer IS NULL) = (answered_at_ms IS NULL))
);
CREATE UNIQUE INDEX standby_offer_of_window ON standby_offer (station_no, window_start_ms)
  WHERE answer IS NULL;
CREATE UNIQUE INDEX standby_offer_open ON standby_offer (booking_id) WHERE answer IS NULL;
CREATE INDEX standby_offer_of_booking ON standby_offer (booking_id, answered_at_ms);
-- One place on the list for each vehicle.
CREATE UNIQUE INDEX booking_waiting_plate ON booking (plate) WHERE state = 'waitlisted';
CREATE INDEX booking_waiting ON booking (window_start_ms, created_at_ms) WHERE state = 'waitlisted';
`
