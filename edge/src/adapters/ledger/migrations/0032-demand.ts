/**
 * What came in each quarter hour that the node was up for, from its first to its last moment. A
 * quarter without a row is unknown, not zero.
 */
export const demand = `
CREATE TABLE demand_quarter (
  start_ms INTEGER PRIMARY KEY CHECK (start_ms % 900000 = 0),
  walk_in_auto INTEGER NOT NULL CHECK (walk_in_auto >= 0),
  walk_in_car INTEGER NOT NULL CHECK (walk_in_car >= 0),
  walk_in_lcv INTEGER NOT NULL CHECK (walk_in_lcv >= 0),
  walk_in_bus INTEGER NOT NULL CHECK (walk_in_bus >= 0),
  arrivals INTEGER NOT NULL CHECK (arrivals >= 0),
  delivered_grams INTEGER NOT NULL CHECK (delivered_grams >= 0)
) STRICT;
CREATE INDEX ticket_arrived ON ticket (arrived_at_ms);
`
