/** How long vehicles of each class take here, learned from fills, and when positions became free. */
export const serviceTimes = `
CREATE TABLE class_minutes (
  vehicle_class TEXT PRIMARY KEY CHECK (vehicle_class IN ('auto', 'car', 'lcv', 'bus')),
  milli_minutes INTEGER NOT NULL CHECK (milli_minutes > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE position_turn (
  position INTEGER PRIMARY KEY,
  freed_at_ms INTEGER NOT NULL
) STRICT;
`
