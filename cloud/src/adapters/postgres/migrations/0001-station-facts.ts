/**
 * What stations report: the uplink's effects. A fact is written once under the id its station gave
 * it, or under op_ref = epoch/stream/seq where the fact has no id of its own. No foreign key leads
 * to booking: a physical fact stays a fact, also when the cloud never sold that booking.
 */
export const stationFactTables = /* sql */ `
CREATE TABLE check_in (
  station_no int NOT NULL REFERENCES station,
  booking_id uuid NOT NULL,
  use_no int NOT NULL CHECK (use_no >= 1),
  state text NOT NULL CHECK (state IN ('claimed', 'released', 'redeemed')),
  lane_no int,
  verdict text,
  ticket_id uuid,
  rev int,
  fill_id uuid,
  offline boolean NOT NULL DEFAULT false,
  forced boolean NOT NULL DEFAULT false,
  force_sent boolean NOT NULL DEFAULT false,
  station_seq bigint NOT NULL DEFAULT 0,
  at_ms bigint NOT NULL,
  recv_at_ms bigint NOT NULL,
  PRIMARY KEY (booking_id, use_no)
);
CREATE INDEX check_in_of_station ON check_in (station_no, at_ms);

CREATE TABLE sale (
  fill_id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  booking_id uuid,
  ticket_id uuid,
  position_no int NOT NULL,
  grams bigint NOT NULL CHECK (grams >= 0),
  amount_paise bigint NOT NULL CHECK (amount_paise >= 0),
  price_paise_per_kg bigint NOT NULL,
  totaliser_before_grams bigint NOT NULL,
  totaliser_after_grams bigint NOT NULL,
  flag text NOT NULL DEFAULT 'normal',
  settled_at_ms bigint NOT NULL,
  recv_at_ms bigint NOT NULL
);
CREATE INDEX sale_of_station ON sale (station_no, settled_at_ms DESC, fill_id DESC);
CREATE INDEX sale_of_booking ON sale (booking_id) WHERE booking_id IS NOT NULL;

-- Authorised, voided and disputed fills; a settled one is a sale.
CREATE TABLE fill_fact (
  fill_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('authorised', 'voided', 'disputed')),
  station_no int NOT NULL REFERENCES station,
  position_no int NOT NULL,
  ticket_id uuid,
  grams bigint,
  limit_grams bigint,
  price_paise_per_kg bigint,
  totaliser_before_grams bigint,
  totaliser_after_grams bigint,
  reason text,
  at_ms bigint NOT NULL,
  PRIMARY KEY (fill_id, kind)
);
CREATE INDEX fill_fact_of_station ON fill_fact (station_no, at_ms);

CREATE TABLE orphan_gas (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  position_no int NOT NULL,
  grams bigint NOT NULL,
  totaliser_before_grams bigint NOT NULL,
  totaliser_after_grams bigint NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);

CREATE TABLE meter_reset (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  position_no int NOT NULL,
  last_grams bigint NOT NULL,
  now_grams bigint NOT NULL,
  difference_grams bigint NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);

-- One vehicle's place in a station's queue, walk-in or booked.
CREATE TABLE walk_in_ticket (
  ticket_id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  kind text NOT NULL CHECK (kind IN ('booked', 'walk-in')),
  number int,
  vehicle_class text NOT NULL,
  nozzles text NOT NULL,
  booking_id uuid,
  arrived_at_ms bigint NOT NULL,
  position_no int,
  called_at_ms bigint,
  undone_calls int NOT NULL DEFAULT 0,
  skips int NOT NULL DEFAULT 0,
  closed_reason text,
  closed_at_ms bigint
);
CREATE INDEX walk_in_ticket_of_station ON walk_in_ticket (station_no, arrived_at_ms);

-- The raw text is personal data: erased after 30 days, verdict, lane and hash stay.
CREATE TABLE failed_scan (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  verdict text NOT NULL,
  lane_no int NOT NULL,
  source text NOT NULL,
  raw_sha256 text NOT NULL,
  raw_base64 text,
  booking_id uuid,
  at_ms bigint NOT NULL,
  recv_at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);
CREATE INDEX failed_scan_raw_age ON failed_scan (at_ms) WHERE raw_base64 IS NOT NULL;

CREATE TABLE vehicle_record (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  plate text NOT NULL,
  retest_day int NOT NULL,
  by_attendant uuid NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);
CREATE INDEX vehicle_record_of_plate ON vehicle_record (plate, at_ms DESC);

CREATE TABLE payment_collected (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  fill_id uuid NOT NULL,
  method text NOT NULL CHECK (method IN ('cash', 'upi', 'card')),
  amount_paise bigint NOT NULL,
  by_attendant uuid NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);
CREATE INDEX payment_collected_of_fill ON payment_collected (fill_id);

CREATE TABLE station_shift (
  shift_id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  attendant_id uuid NOT NULL,
  opened_at_ms bigint NOT NULL,
  opening_cash_paise bigint NOT NULL,
  closed_at_ms bigint,
  counted_cash_paise bigint,
  expected_cash_paise bigint,
  fills int,
  grams bigint,
  amount_paise bigint
);
CREATE INDEX station_shift_of_station ON station_shift (station_no, opened_at_ms);

CREATE TABLE station_boot (
  station_no int NOT NULL REFERENCES station,
  boot text NOT NULL,
  instance text NOT NULL,
  version text NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, boot)
);

CREATE TABLE stream_gap (
  station_no int NOT NULL REFERENCES station,
  op_ref text NOT NULL,
  stream text NOT NULL,
  from_seq bigint NOT NULL,
  to_seq bigint NOT NULL,
  count bigint NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, op_ref)
);

-- The conflict list: facts that contradict what the cloud holds, for a person to decide.
CREATE TABLE exception (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  op_ref text,
  kind text NOT NULL,
  booking_id uuid,
  fill_id uuid,
  detail text NOT NULL,
  at_ms bigint NOT NULL,
  resolved_by uuid,
  resolved_at_ms bigint,
  UNIQUE (station_no, op_ref, kind)
);
CREATE INDEX exception_open ON exception (station_no, at_ms) WHERE resolved_at_ms IS NULL;
`
