/**
 * What the cloud keeps of each station's streams. `station_head` is the sequencer: its row lock
 * puts the batches of one stream in order. `station_op` keeps the raw bytes of every op, never
 * jsonb, which reorders keys and would break the chain; it is partitioned by station because its
 * key begins with the station.
 */
export const syncTables = /* sql */ `
CREATE TABLE station_epoch (
  station_no int NOT NULL REFERENCES station,
  epoch text NOT NULL,
  opened_at_ms bigint NOT NULL,
  prev_epoch text,
  PRIMARY KEY (station_no, epoch)
);

-- Every process that ever spoke for a station: one that was overtaken stays fenced.
CREATE TABLE station_instance (
  station_no int NOT NULL REFERENCES station,
  instance text NOT NULL,
  generation int NOT NULL,
  first_seen_ms bigint NOT NULL,
  PRIMARY KEY (station_no, instance),
  UNIQUE (station_no, generation)
);

CREATE TABLE session_nonce (
  nonce_hash bytea PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX session_nonce_of_station ON session_nonce (station_no, expires_at_ms);

CREATE TABLE station_token (
  token_hash bytea PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  instance text NOT NULL,
  generation int NOT NULL,
  epoch text NOT NULL,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX station_token_of_station ON station_token (station_no, expires_at_ms);

CREATE TABLE station_head (
  station_no int NOT NULL REFERENCES station,
  epoch text NOT NULL,
  stream text NOT NULL CHECK (stream IN ('ledger', 'alarm', 'state', 'telemetry')),
  seq bigint NOT NULL DEFAULT 0 CHECK (seq >= 0),
  chain text NOT NULL CHECK (chain ~ '^[0-9a-f]{64}$'),
  moved_at_ms bigint NOT NULL,
  clock_offset_ms bigint,
  PRIMARY KEY (station_no, epoch, stream)
) WITH (fillfactor = 70);

CREATE TABLE station_op (
  station_no int NOT NULL,
  epoch text NOT NULL,
  stream text NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  kind text NOT NULL,
  entity_ref bigint,
  raw bytea,
  hash bytea NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('applied', 'flagged', 'rejected', 'deferred')),
  code text,
  event_at_ms bigint,
  recv_at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, epoch, stream, seq)
) PARTITION BY HASH (station_no);
${[0, 1, 2, 3, 4, 5, 6, 7]
  .map(
    (part) => `CREATE TABLE station_op_${part} PARTITION OF station_op
  FOR VALUES WITH (MODULUS 8, REMAINDER ${part});`,
  )
  .join('\n')}
CREATE INDEX station_op_deferred ON station_op (station_no, epoch, stream, seq)
  WHERE verdict = 'deferred';

CREATE TABLE station_entity (
  station_no int NOT NULL,
  epoch text NOT NULL,
  stream text NOT NULL,
  ref bigint NOT NULL,
  type text NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (station_no, epoch, stream, ref)
);

-- The set of facts a booking's state follows from: the sale's own and the station's, by use.
CREATE TABLE booking_fact (
  booking_id uuid PRIMARY KEY,
  facts jsonb NOT NULL
);

CREATE TABLE dead_letter (
  station_no int NOT NULL REFERENCES station,
  epoch text NOT NULL,
  stream text NOT NULL,
  seq bigint NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('rejected', 'deferred')),
  code text NOT NULL,
  detail text,
  at_ms bigint NOT NULL,
  resolved_by uuid,
  resolved_at_ms bigint,
  PRIMARY KEY (station_no, epoch, stream, seq)
);
CREATE INDEX dead_letter_open ON dead_letter (station_no) WHERE resolved_at_ms IS NULL;

-- Tells the station through its shape that one of its ops had no effect.
CREATE TABLE notice (
  id text PRIMARY KEY,
  station_no int NOT NULL REFERENCES station,
  epoch text NOT NULL,
  stream text NOT NULL,
  seq bigint NOT NULL,
  code text NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX notice_of_station ON notice (station_no, at_ms);
`
