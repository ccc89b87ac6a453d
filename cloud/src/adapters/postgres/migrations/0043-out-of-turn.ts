/**
 * Calls out of turn as stations told them. The undo has a table of its own: an upgrade may read the
 * ops of an older cloud in any order, and neither word waits for the other. No reference to the
 * ticket, which is a row of the same batch, nor to people, who may be gone by then.
 */
export const outOfTurn = /* sql */ `
CREATE TABLE out_of_turn_call (
  station_no int NOT NULL REFERENCES station,
  call_id uuid NOT NULL,
  op_ref text NOT NULL,
  ticket_id uuid NOT NULL,
  at_ms bigint NOT NULL,
  position_no int NOT NULL,
  staged boolean NOT NULL,
  reason text NOT NULL,
  note text,
  by_attendant uuid NOT NULL,
  by_manager uuid NOT NULL,
  kind text NOT NULL,
  label text NOT NULL,
  plate_end text,
  vehicle_class text NOT NULL,
  -- Heads of the queues: queue, ticket, label, waitedMs, windowStartMs.
  passed jsonb NOT NULL,
  waiting_booked int NOT NULL,
  waiting_walk_in int NOT NULL,
  displaced_ticket uuid,
  PRIMARY KEY (station_no, call_id)
);
CREATE INDEX out_of_turn_call_at ON out_of_turn_call (at_ms);

CREATE TABLE out_of_turn_undo (
  station_no int NOT NULL REFERENCES station,
  call_id uuid NOT NULL,
  by_attendant uuid NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (station_no, call_id)
);
`
