/**
 * Stations, capacity, bookings, people and keys. Names and types of booking, key_set,
 * denied_token, tariff and attendant are the contract a station follows (`contracts/sync/shapes`);
 * their further columns are the seller's own and never leave the cloud. Times are int8 milliseconds
 * since 1970 in UTC, mass is whole grams, money whole paise.
 */
export const baseTables = /* sql */ `
CREATE TABLE station (
  no int PRIMARY KEY CHECK (no BETWEEN 1 AND 9999),
  id uuid NOT NULL UNIQUE,
  name text NOT NULL,
  address text NOT NULL,
  timezone text NOT NULL DEFAULT 'Asia/Kolkata',
  open boolean NOT NULL DEFAULT true,
  compressor_grams_per_hour bigint NOT NULL CHECK (compressor_grams_per_hour >= 0),
  -- Counted within the station: two stations may use the same number.
  kid int CHECK (kid >= 128),
  public_key text,
  wrap_key text,
  k_station bytea CHECK (length(k_station) = 32),
  current_epoch text,
  generation int NOT NULL DEFAULT 0,
  instance text
);

CREATE TABLE station_position (
  station_no int NOT NULL REFERENCES station,
  position_no int NOT NULL CHECK (position_no >= 1),
  nozzles text[] NOT NULL CHECK (nozzles <@ ARRAY['ngv1', 'ngv2'] AND cardinality(nozzles) > 0),
  working boolean NOT NULL DEFAULT true,
  PRIMARY KEY (station_no, position_no)
);

CREATE TABLE tariff (
  id text PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  price_paise_per_kg bigint NOT NULL CHECK (price_paise_per_kg >= 0),
  valid_from_ms bigint NOT NULL,
  UNIQUE (station_no, valid_from_ms)
);

CREATE TABLE attendant (
  id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('attendant', 'manager')),
  pin_hash text NOT NULL,
  active boolean NOT NULL DEFAULT true
);
CREATE INDEX attendant_of_station ON attendant (station_no);

-- Capacity. The two CHECKs are the net below every seller: nobody oversells what was granted,
-- except by a later shrink, which the over columns admit to.
CREATE TABLE slot_cell (
  station_no int NOT NULL REFERENCES station,
  cell_start_ms bigint NOT NULL CHECK (cell_start_ms % 300000 = 0),
  granted_milli_minutes bigint NOT NULL CHECK (granted_milli_minutes >= 0),
  sold_milli_minutes bigint NOT NULL DEFAULT 0 CHECK (sold_milli_minutes >= 0),
  over_milli_minutes bigint NOT NULL DEFAULT 0 CHECK (over_milli_minutes >= 0),
  granted_grams bigint NOT NULL CHECK (granted_grams >= 0),
  sold_grams bigint NOT NULL DEFAULT 0 CHECK (sold_grams >= 0),
  over_grams bigint NOT NULL DEFAULT 0 CHECK (over_grams >= 0),
  PRIMARY KEY (station_no, cell_start_ms),
  CONSTRAINT minutes_not_oversold
    CHECK (sold_milli_minutes <= granted_milli_minutes + over_milli_minutes),
  CONSTRAINT gas_not_oversold CHECK (sold_grams <= granted_grams + over_grams)
) WITH (fillfactor = 70);

CREATE TABLE driver (
  id uuid PRIMARY KEY,
  phone_sealed bytea NOT NULL,
  phone_index bytea NOT NULL UNIQUE,
  name text,
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'hi')),
  created_at_ms bigint NOT NULL
);

CREATE TABLE vehicle (
  id uuid PRIMARY KEY,
  driver_id uuid NOT NULL REFERENCES driver,
  plate text NOT NULL,
  vehicle_class text NOT NULL CHECK (vehicle_class IN ('auto', 'car', 'lcv', 'bus')),
  nozzle text NOT NULL CHECK (nozzle IN ('ngv1', 'ngv2')),
  retest_day int NOT NULL,
  created_at_ms bigint NOT NULL,
  UNIQUE (driver_id, plate)
);

CREATE TABLE booking (
  id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  state text NOT NULL CHECK (state IN (
    'waitlisted', 'held', 'expiring', 'expired', 'active', 'confirmed', 'checked_in', 'filling',
    'completed', 'part_filled', 'no_show', 'cancel_pending', 'cancelled')),
  rev int NOT NULL DEFAULT 1 CHECK (rev BETWEEN 0 AND 255),
  window_start_ms bigint NOT NULL CHECK (window_start_ms % 300000 = 0),
  expires_ms bigint NOT NULL,
  vehicle_class text NOT NULL CHECK (vehicle_class IN ('auto', 'car', 'lcv', 'bus')),
  nozzle text NOT NULL CHECK (nozzle IN ('ngv1', 'ngv2')),
  grams bigint NOT NULL CHECK (grams > 0),
  plate text NOT NULL,
  driver_name text,
  retest_day int NOT NULL,
  payment_mode text NOT NULL CHECK (payment_mode IN ('pump', 'prepaid', 'fleet')),
  paid_paise bigint NOT NULL DEFAULT 0 CHECK (paid_paise >= 0),
  max_uses int NOT NULL DEFAULT 1 CHECK (max_uses >= 1),
  max_entries int,
  lanes text,
  code text,
  blocked_reason text,
  under_review boolean NOT NULL DEFAULT false,
  prompt text,
  note text,
  -- the seller's own
  channel text NOT NULL CHECK (channel IN ('app', 'sms', 'voice', 'kiosk')),
  driver_id uuid REFERENCES driver,
  vehicle_id uuid REFERENCES vehicle,
  version int NOT NULL DEFAULT 1,
  hold_until_ms bigint,
  work_milli_minutes int NOT NULL CHECK (work_milli_minutes >= 0),
  price_paise_per_kg bigint NOT NULL,
  token text,
  code_day int,
  code_slot int CHECK (code_slot BETWEEN 0 AND 287),
  code_n int CHECK (code_n BETWEEN 0 AND 33),
  term_id uuid,
  fence bigint,
  live_plate text,
  request_key text,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  CONSTRAINT code_is_whole CHECK (num_nulls(code, code_day, code_slot, code_n) IN (0, 4))
);
-- One live booking per vehicle, whoever registered the plate and wherever it is booked. The claim
-- is a column of its own and not a partial index on state: a station's fact may lift a booking out
-- of a final state (gas outranks a cancel), and that must never fail on the vehicle's next booking.
CREATE UNIQUE INDEX booking_live_plate ON booking (live_plate);
-- The version rises with every change of state, whoever wrote it: no compare-and-swap misses one.
CREATE FUNCTION booking_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND NEW.version = OLD.version THEN
    NEW.version := OLD.version + 1;
  END IF;
  IF NEW.state IN ('expired', 'cancelled', 'no_show', 'completed', 'part_filled') THEN
    NEW.live_plate := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER booking_moves BEFORE UPDATE OF state ON booking
  FOR EACH ROW EXECUTE FUNCTION booking_moves();
-- A code names one booking of its station and day for ever: a cancelled one is never sold again.
CREATE UNIQUE INDEX booking_code_place ON booking (station_no, code_day, code_slot, code_n);
-- The intent's own key: a request repeated after a crash finds what it made.
CREATE UNIQUE INDEX booking_request ON booking (driver_id, request_key);
CREATE INDEX booking_of_driver ON booking (driver_id, id DESC);
CREATE INDEX booking_of_station ON booking (station_no, window_start_ms);
CREATE INDEX booking_hold_end ON booking (hold_until_ms) WHERE state IN ('held', 'expiring');
CREATE INDEX booking_open_end ON booking (expires_ms)
  WHERE state IN ('active', 'confirmed', 'cancel_pending');

-- What each booking took from each cell, so that exactly this is given back.
CREATE TABLE booking_cell (
  booking_id uuid NOT NULL REFERENCES booking,
  station_no int NOT NULL,
  cell_start_ms bigint NOT NULL,
  milli_minutes bigint NOT NULL CHECK (milli_minutes >= 0),
  grams bigint NOT NULL CHECK (grams >= 0),
  PRIMARY KEY (booking_id, cell_start_ms),
  FOREIGN KEY (station_no, cell_start_ms) REFERENCES slot_cell
);
CREATE INDEX booking_cell_of_cell ON booking_cell (station_no, cell_start_ms);

CREATE TABLE denied_token (
  booking_id uuid PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  min_rev int NOT NULL,
  reason text NOT NULL
);

-- Public halves of the cloud's signing keys; the private halves never enter the database.
CREATE TABLE signing_key (
  kid int PRIMARY KEY CHECK (kid BETWEEN 0 AND 127),
  public_key text NOT NULL,
  not_before_ms bigint NOT NULL,
  signs_from_ms bigint NOT NULL CHECK (signs_from_ms >= not_before_ms),
  not_after_ms bigint NOT NULL CHECK (not_after_ms > signs_from_ms)
);

CREATE TABLE key_set (
  version int PRIMARY KEY,
  body text NOT NULL,
  signature text NOT NULL,
  kid int NOT NULL REFERENCES signing_key
);

CREATE TABLE otp (
  id uuid PRIMARY KEY,
  phone_index bytea NOT NULL,
  address_index bytea NOT NULL,
  code_hash bytea NOT NULL,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  tries int NOT NULL DEFAULT 0,
  used_at_ms bigint
);
CREATE INDEX otp_of_phone ON otp (phone_index, created_at_ms);
CREATE INDEX otp_of_address ON otp (address_index, created_at_ms);

CREATE TABLE driver_session (
  token_hash bytea PRIMARY KEY,
  driver_id uuid NOT NULL REFERENCES driver,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX driver_session_end ON driver_session (expires_at_ms);

CREATE TABLE operator (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'operator', 'auditor')),
  password_hash text NOT NULL,
  wrong_tries int NOT NULL DEFAULT 0,
  locked_until_ms bigint NOT NULL DEFAULT 0
);

CREATE TABLE operator_session (
  token_hash bytea PRIMARY KEY,
  operator_id uuid NOT NULL REFERENCES operator,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX operator_session_end ON operator_session (expires_at_ms);

CREATE TABLE idempotency (
  scope text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  holder uuid NOT NULL,
  locked_until_ms bigint NOT NULL,
  status int,
  headers jsonb,
  body text,
  created_at_ms bigint NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at_ms);

-- What was sent to whom and what came of it; the text itself is never kept.
CREATE TABLE outgoing_message (
  id uuid PRIMARY KEY,
  purpose text NOT NULL,
  phone_index bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'unknown')),
  provider_ref text,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL
);
CREATE INDEX outgoing_message_age ON outgoing_message (created_at_ms);
`
