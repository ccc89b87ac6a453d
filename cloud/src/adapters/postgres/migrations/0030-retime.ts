/**
 * Offers of another window to somebody who has one, the messages that wait to be sent with what came
 * of each, supply cuts, and money that has to go back.
 */
export const retime = /* sql */ `
CREATE TABLE supply_cut (
  id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  from_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  declared_by text NOT NULL,
  declared_at_ms bigint NOT NULL,
  ended_at_ms bigint,
  -- Whoever moves it on sends the next wave.
  next_wave_at_ms bigint NOT NULL,
  CHECK (until_ms > from_ms)
);
-- One incident at a time for each station.
CREATE UNIQUE INDEX supply_cut_open ON supply_cut (station_no) WHERE ended_at_ms IS NULL;

CREATE TABLE retime_offer (
  id uuid PRIMARY KEY,
  booking_id uuid NOT NULL REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  cause text NOT NULL CHECK (cause IN ('capacity', 'late', 'supply')),
  from_window_ms bigint NOT NULL,
  -- Null: no window has room; the driver is told and keeps the booking.
  to_window_ms bigint,
  milli_minutes bigint NOT NULL CHECK (milli_minutes >= 0),
  grams bigint NOT NULL CHECK (grams >= 0),
  sent_at_ms bigint NOT NULL,
  delivered_at_ms bigint,
  answer text CHECK (answer IN ('accept', 'decline', 'lapsed', 'told')),
  answered_at_ms bigint,
  CHECK ((answer IS NULL) = (answered_at_ms IS NULL)),
  CHECK (to_window_ms IS NOT NULL OR answer = 'told')
);
CREATE UNIQUE INDEX retime_offer_open ON retime_offer (booking_id) WHERE answer IS NULL;
CREATE INDEX retime_offer_of_booking ON retime_offer (booking_id);
CREATE INDEX retime_offer_waiting ON retime_offer (station_no, to_window_ms) WHERE answer IS NULL;

-- What open offers keep from other sales, of the waiting list and of re-timing.
CREATE VIEW kept_window AS
  SELECT booking_id, station_no, window_start_ms, milli_minutes, grams, sent_at_ms
  FROM standby_offer WHERE answer IS NULL
  UNION ALL
  SELECT booking_id, station_no, to_window_ms, milli_minutes, grams, sent_at_ms
  FROM retime_offer WHERE answer IS NULL AND to_window_ms IS NOT NULL;

CREATE TABLE message_outbox (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('standby_offer', 'retime_offer', 'retime_notice')),
  booking_id uuid NOT NULL REFERENCES booking,
  -- The offer the message tells of; its receipt starts the offer's three minutes.
  offer_id uuid NOT NULL,
  state text NOT NULL
    CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'expired')),
  attempts int NOT NULL DEFAULT 0,
  due_at_ms bigint NOT NULL,
  -- Past this nobody needs it any more.
  expires_at_ms bigint NOT NULL,
  vendor_ref text UNIQUE,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL
);
CREATE UNIQUE INDEX message_of_offer ON message_outbox (offer_id);
CREATE INDEX message_due ON message_outbox (due_at_ms) WHERE state IN ('waiting', 'sending');

CREATE TABLE refund_due (
  booking_id uuid PRIMARY KEY REFERENCES booking,
  station_no int NOT NULL REFERENCES station,
  paise bigint NOT NULL CHECK (paise > 0),
  reason text NOT NULL CHECK (reason IN ('supply_cut')),
  marked_at_ms bigint NOT NULL
);
CREATE INDEX slot_cell_over ON slot_cell (station_no, cell_start_ms)
  WHERE over_milli_minutes > 0 OR over_grams > 0;
`
